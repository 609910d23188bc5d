import { globalUses, namesTakenOut, propertyRead } from './global-uses.mjs'
import { onModule } from './module-uses.mjs'

const GUARDED = new Set(['env', 'argv'])

/** The environment and the command line are read by the entries and by one file of the settings. */
export const environmentRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      home: 'Only the entries and electron/engine/settings/environment.ts read process.{{name}}: take the value as an argument.',
      module:
        'Only the entries and electron/engine/settings/environment.ts import node:process: take the value as an argument.',
    },
  },
  create: (context) => ({
    ...onModule(['node:process', 'process'], (node, names) => {
      if (names.some((name) => GUARDED.has(name) || name === '*' || name === 'default'))
        context.report({ node, messageId: 'module' })
    }),
    'Program:exit': () => {
      for (const { name, node } of globalUses(context.sourceCode)) {
        if (name !== 'process') continue
        const read = [propertyRead(node), ...namesTakenOut(node)].find((property) => GUARDED.has(property))
        if (read !== undefined) context.report({ node, messageId: 'home', data: { name: read } })
      }
    },
  }),
}
