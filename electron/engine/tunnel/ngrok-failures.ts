import type { TunnelFailure } from './provider.ts'

const TOKENS_PAGE = 'dashboard.ngrok.com/get-started/your-authtoken'

const BAD_TOKEN = `ngrok refuses the authtoken. Copy it anew from ${TOKENS_PAGE}, give it as tunnel.authtoken, and start again.`

const QUOTA =
  'The quota of this ngrok account is used up. Wait for its renewal or choose a larger plan at dashboard.ngrok.com/billing; until then only a catch-up brings changes.'

/** ngrok's error codes (ngrok.com/docs/errors) that a person can do something about. */
const SENTENCES: ReadonlyMap<number, string> = new Map([
  [105, BAD_TOKEN],
  [106, BAD_TOKEN],
  [107, BAD_TOKEN],
  [
    108,
    'This ngrok account has no room for another agent. Stop ngrok where else it runs (dashboard.ngrok.com/agents shows it); the tunnel opens by itself then.',
  ],
  [
    313,
    'The domain in tunnel.domain is not reserved for this ngrok account. Reserve it at dashboard.ngrok.com/domains, or correct tunnel.domain and start again.',
  ],
  [
    334,
    'The domain of this tunnel is already online elsewhere. Stop ngrok there (dashboard.ngrok.com/endpoints shows it); the tunnel opens by itself then.',
  ],
  [725, QUOTA],
  [727, QUOTA],
  [3200, 'ngrok says that the tunnel is offline, so Notion cannot reach this computer. It is being opened anew.'],
  [
    4018,
    `ngrok needs an authtoken. Make an account at ngrok.com, copy the token from ${TOKENS_PAGE}, and give it as tunnel.authtoken or as NGROK_AUTHTOKEN.`,
  ],
  [
    8012,
    'ngrok reaches this computer, but nothing answers there at the webhook’s port. Check that no firewall on this computer blocks it; the tunnel is being opened anew.',
  ],
])

const CODE = /ERR_NGROK_(\d+)/

const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = 'errorCode' in error && typeof error.errorCode === 'string' ? ` ${error.errorCode}` : ''
  return `${error.message}${code}`
}

/** Where the library has no code, its words tell how far it came. */
const WAYS: readonly (readonly [RegExp, string, string])[] = [
  [
    /tls handshake/i,
    'tls',
    'The connection to ngrok was cut while it was being secured. A firewall or a proxy of this network may stand between: allow connect.ngrok-agent.com:443, or try another network.',
  ],
  [
    /tcp connection|dns|resolve|lookup|unreachable|refused/i,
    'unreachable',
    'ngrok cannot be reached. Check the network of this computer, and that it allows connect.ngrok-agent.com:443.',
  ],
]

/** ngrok repeats the token in some of its messages, and writes several lines. */
const presentable = (text: string, authtoken: string | null): string => {
  const [line = ''] = (authtoken === null ? text : text.replaceAll(authtoken, '…')).trim().split(/\r?\n/)
  return line.replace(/\b[A-Za-z0-9]{20,}_[A-Za-z0-9]{15,}\b/g, '…').slice(0, 200)
}

/** Whatever the library threw, as a failure in plain words; the token stands in none of them. */
export const ngrokFailure = (error: unknown, authtoken: string | null): TunnelFailure => {
  const text = textOf(error)
  const code = CODE.exec(text)?.[1]
  if (code !== undefined) {
    return {
      code: `ERR_NGROK_${code}`,
      message:
        SENTENCES.get(Number(code)) ??
        `ngrok refuses (${code}): ${presentable(text, authtoken)} See ngrok.com/docs/errors/err_ngrok_${code}.`,
    }
  }
  const way = WAYS.find(([pattern]) => pattern.test(text))
  if (way !== undefined) return { code: way[1], message: way[2] }
  return { code: 'ngrok', message: `ngrok does not open the tunnel: ${presentable(text, authtoken)}` }
}
