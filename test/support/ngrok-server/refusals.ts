/** With what ngrok refuses, in its own words (ngrok.com/docs/errors): an agent as a whole, or its endpoint. */
export const REFUSALS = {
  ERR_NGROK_105: {
    of: 'agent',
    words: [
      'The authtoken you specified does not look like a proper ngrok authtoken.',
      'Your authtoken: a-token',
      'Instructions to install your authtoken are on your ngrok dashboard:',
      'https://dashboard.ngrok.com/get-started/your-authtoken',
    ],
  },
  ERR_NGROK_108: {
    of: 'agent',
    words: [
      'Your account is limited to 3 simultaneous ngrok agent sessions.',
      'You can run multiple simultaneous tunnels from a single agent session by defining the tunnels in your agent configuration file.',
    ],
  },
  ERR_NGROK_334: {
    of: 'endpoint',
    words: [
      "The endpoint 'https://name.ngrok-free.test' is already online. Either",
      '1. stop your existing endpoint first, or',
      '2. start both endpoints with `--pooling-enabled` to load balance between them.',
    ],
  },
} as const satisfies Record<string, { of: 'agent' | 'endpoint'; words: readonly string[] }>

export type RefusalCode = keyof typeof REFUSALS

/** As it stands in a response's field `Error`. */
export const refusal = (code: RefusalCode): { readonly Error: string } => ({
  Error: `${REFUSALS[code].words.join('\n')}\n\n${code}\r\n`,
})
