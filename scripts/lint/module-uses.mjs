const importedNames = (node) =>
  (node.specifiers ?? []).map((specifier) =>
    specifier.type === 'ImportSpecifier' || specifier.type === 'ExportSpecifier'
      ? (specifier.imported ?? specifier.local).name
      : '*',
  )

/**
 * Listeners that call back for every import, dynamic import and re-export of these modules that is left at run time.
 * The callback takes the node and the names that are taken from the module, `*` for all of it.
 */
export const onModule = (names, call) => {
  const check = (node) => {
    if (node.importKind === 'type' || node.exportKind === 'type') return
    if (names.includes(node.source?.value)) call(node, node.specifiers === undefined ? ['*'] : importedNames(node))
  }
  return {
    ImportDeclaration: check,
    ImportExpression: check,
    ExportNamedDeclaration: check,
    ExportAllDeclaration: check,
  }
}
