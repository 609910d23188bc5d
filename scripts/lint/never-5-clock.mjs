import { globalUses, namesTakenOut, propertyRead } from './global-uses.mjs'
import { onModule } from './module-uses.mjs'

const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate'])

const readings = {
  Date: new Set(['now']),
  performance: new Set(['now']),
  process: new Set(['hrtime', 'uptime']),
}

const isDateOfNow = (name, node) =>
  name === 'Date' &&
  node.parent.callee === node &&
  (node.parent.type === 'CallExpression' ||
    (node.parent.type === 'NewExpression' && node.parent.arguments.length === 0))

const clockUse = ({ name, node }) => {
  if (TIMERS.has(name)) return name
  if (isDateOfNow(name, node)) return 'Date of now'
  const guarded = Object.hasOwn(readings, name ?? '') ? readings[name] : new Set()
  const read = [propertyRead(node), ...namesTakenOut(node)].find((property) => guarded.has(property))
  return read === undefined ? undefined : `${name}.${read}`
}

/**
 * Time comes from the clock that a function is handed, so that a test can move it.
 * Option `allow`: globals that this file may use all the same.
 */
export const clockRule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { allow: { type: 'array', items: { type: 'string' } } } }],
    defaultOptions: [{ allow: [] }],
    messages: {
      home: 'Only electron/engine/foundation/clock.ts asks the system for time ({{use}}): take a Clock as an argument.',
    },
  },
  create: (context) => {
    const report = (node, use) => context.report({ node, messageId: 'home', data: { use } })
    return {
      ...onModule(['node:timers', 'node:timers/promises', 'timers', 'timers/promises'], (node) =>
        report(node, node.source.value),
      ),
      'Program:exit': () => {
        for (const use of globalUses(context.sourceCode)) {
          const found = clockUse(use)
          if (found !== undefined && !context.options[0].allow.includes(found)) report(use.node, found)
        }
      },
    }
  },
}
