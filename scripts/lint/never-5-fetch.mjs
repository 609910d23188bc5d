import { globalUses } from './global-uses.mjs'

/** Requests leave through the Notion client; in the simulator, through its deliveries. */
export const fetchRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      home: 'Only electron/engine/notion/sdk.ts, electron/console/client.ts and electron/simulator/deliveries.ts send requests: take what sends them as an argument.',
    },
  },
  create: (context) => ({
    'Program:exit': () => {
      for (const { name, node } of globalUses(context.sourceCode))
        if (name === 'fetch') context.report({ node, messageId: 'home' })
    },
  }),
}
