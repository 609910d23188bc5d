import { z } from 'zod'
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
    `ngrok needs an authtoken. Make an account at ngrok.com, copy the token from ${TOKENS_PAGE}, give it as tunnel.authtoken or as NGROK_AUTHTOKEN, and start again.`,
  ],
  [
    8012,
    'ngrok reaches this computer, but nothing answers there at the webhook’s port. Check that no firewall on this computer blocks it; the tunnel is being opened anew.',
  ],
])

const CODE = /ERR_NGROK_(\d+)/

/** The library throws Errors with the code in the message, and sometimes beside it; nobody promises that it stays so. */
const thrownSchema = z.object({
  message: z.string().catch(''),
  errorCode: z.string().catch(''),
  code: z.string().catch(''),
})

/** What was thrown: its words, and all the places where a code may stand. */
const readingOf = (error: unknown): { readonly words: string; readonly codes: string } => {
  const thrown = thrownSchema.safeParse(error)
  if (!thrown.success) return { words: String(error), codes: String(error) }
  const { message, errorCode, code } = thrown.data
  return { words: message, codes: `${message} ${errorCode} ${code}` }
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
    'ngrok cannot be reached. Check the network of this computer, and that it allows connect.ngrok-agent.com:443; where only a proxy leads out, name it in HTTPS_PROXY and start again.',
  ],
]

/** A token as ngrok prints them, whoever it belongs to. */
const TOKEN_SHAPE = /[A-Za-z0-9]{20,}_[A-Za-z0-9]{15,}/g

/** ngrok repeats the token in some of its messages, and writes several lines. */
const presentable = (words: string, authtoken: string | null): string => {
  const withoutOurs = authtoken === null || authtoken === '' ? words : words.replaceAll(authtoken, '…')
  const [line = ''] = withoutOurs
    .replace(TOKEN_SHAPE, '…')
    .trim()
    .split(/[\r\n]/)
  return line.slice(0, 200) || 'it does not say why.'
}

/** Whatever the library threw, as a failure in plain words; the token stands in none of them. */
export const ngrokFailure = (error: unknown, authtoken: string | null): TunnelFailure => {
  const { words, codes } = readingOf(error)
  const code = CODE.exec(codes)?.[1]
  if (code !== undefined) {
    return {
      code: `ERR_NGROK_${code}`,
      message:
        SENTENCES.get(Number(code)) ??
        `ngrok refuses (${code}): ${presentable(words, authtoken)} See ngrok.com/docs/errors/err_ngrok_${code}.`,
    }
  }
  const way = WAYS.find(([pattern]) => pattern.test(words))
  if (way !== undefined) return { code: way[1], message: way[2] }
  return { code: 'ngrok', message: `ngrok does not open the tunnel: ${presentable(words, authtoken)}` }
}
