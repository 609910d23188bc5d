const WAYS_TO_ALL = new Set(['globalThis', 'global', 'window', 'self'])

const memberName = (node) => {
  if (node.type !== 'MemberExpression') return undefined
  if (!node.computed) return node.property.name
  return node.property.type === 'Literal' ? node.property.value : undefined
}

/** The name of the property that is read of this node: `now` for the `Date` in `Date.now`. */
export const propertyRead = (node) =>
  node.parent.type === 'MemberExpression' && node.parent.object === node ? memberName(node.parent) : undefined

/** The names that `const { a, b } = node` takes out of this node. */
export const namesTakenOut = (node) =>
  node.parent.type === 'VariableDeclarator' && node.parent.init === node && node.parent.id.type === 'ObjectPattern'
    ? node.parent.id.properties.map((property) => property.key?.name)
    : []

/** `typeof fetch` in a type names a signature and runs nothing. */
const isInType = (node) => node.parent.type === 'TSTypeQuery' || node.parent.type === 'TSQualifiedName'

/** Where the file uses globals as values, `globalThis.fetch` as well as `fetch`. Gives each use's name and its node. */
export const globalUses = (sourceCode) => {
  const scope = sourceCode.scopeManager.globalScope
  const declared = scope.variables.filter((variable) => variable.defs.length === 0)
  return [...declared.flatMap((variable) => variable.references), ...scope.through]
    .filter(({ isValueReference, identifier }) => isValueReference !== false && !isInType(identifier))
    .flatMap(({ identifier: node }) => {
      if (!WAYS_TO_ALL.has(node.name)) return [{ name: node.name, node }]
      const taken = namesTakenOut(node).map((name) => ({ name, node }))
      return [...taken, { name: propertyRead(node), node: node.parent }]
    })
}
