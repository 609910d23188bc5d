import { errorCode, errorText, opensslReason } from './errors.ts'
import { isUntrusted, PROXY_WITH_PASSWORD, type SystemProxy } from './system-network.ts'

/** What keeps a request from its answer, in plain words that hold no user name and no password of a proxy. */
export interface Hindrance {
  /** Goes on after a colon, without a full stop. */
  readonly detail: string
  /** A sentence; null: nothing more is known than what is always to be done. */
  readonly remedy: string | null
  /** A sentence more: what else may be the reason. */
  readonly besides?: string
}

/** The way that a request took. */
export interface Way {
  /** Null: none that we know of. */
  readonly proxy: SystemProxy | null
  /** Where it led: `host` or `host:port`. */
  readonly target: string
  /** What to do where the certificate there is not taken. */
  readonly ifUntrusted: string
}

const ASKS_WHO = 407

/** What the proxy answered to CONNECT in place of 2xx. `purpose` follows "the connection": " to ngrok". */
export const refusedByProxy = (
  { url, shown, variable }: SystemProxy,
  status: number,
  target: string,
  purpose = '',
): Hindrance => {
  if (status !== ASKS_WHO) {
    return {
      detail: `the proxy ${shown} does not let the connection${purpose} through (${status})`,
      remedy: `Have it allow ${target}, or try another network.`,
    }
  }
  const isNew = url.username === '' && url.password === ''
  const does = isNew ? 'asks for a user name and a password' : 'takes neither the user name nor the password given'
  return {
    detail: `the proxy ${shown} ${does} (${status})`,
    remedy: `Write them into ${variable}, ${PROXY_WITH_PASSWORD}, and start again.`,
  }
}

/** `purpose` as above. */
export const unreachableProxy = ({ shown, variable }: SystemProxy, error: unknown, purpose = ''): Hindrance => ({
  detail: `the proxy ${shown} gives no connection${purpose} (${errorText(error)})`,
  remedy: `Check it, and ${variable} that names it.`,
})

/** Where nothing tells which part of the way it was; follows what is to be looked at first. */
export const viaProxy = ({ shown, variable }: SystemProxy): string =>
  `The way leads through the proxy ${shown}, which ${variable} names: check it too.`

/** An error and all that it was caused by: fetch hides its reason there, and a host with several addresses has several. */
export const withCauses = (error: unknown): readonly Error[] => {
  if (!(error instanceof Error)) return []
  const tried: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  return [error, ...withCauses(error.cause), ...tried.flatMap(withCauses)]
}

const innermost = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error

/** What Node says where a proxy does not let a connection through; it calls it aborted. */
const REFUSED_BY_PROXY = /^Proxy response \((\d+)\)/

/** Null: no proxy refused. */
export const proxyStatusIn = (errors: readonly Error[]): number | null => {
  const status = errors.map(({ message }) => REFUSED_BY_PROXY.exec(message)?.[1]).find((found) => found !== undefined)
  return status === undefined ? null : Number(status)
}

/** No connection was made at all. */
export const isOfConnecting = (error: Error): boolean =>
  'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo')

const CLOCK = 'Set the clock of this computer; if it is right, the certificate has to be renewed.'

/** What is wrong with a certificate, and what to do where it is not what is to be done with any. */
interface Flaw {
  readonly what: string
  readonly remedy: string | null
}

const FLAWS: Readonly<Record<string, Flaw>> = {
  CERT_HAS_EXPIRED: { what: 'has expired, or the clock of this computer is wrong', remedy: CLOCK },
  CERT_NOT_YET_VALID: { what: 'is not valid yet, or the clock of this computer is wrong', remedy: CLOCK },
  ERR_TLS_CERT_ALTNAME_INVALID: { what: 'is for another name', remedy: null },
}

const flawOf = (error: Error): Flaw | null =>
  isUntrusted(error)
    ? { what: 'is of an issuer that this system does not trust', remedy: null }
    : (FLAWS[errorCode(error) ?? ''] ?? null)

/** A proxy that is spoken to by TLS has a certificate too, and the error does not say whose it was. */
const flawed = ({ what, remedy }: Flaw, { proxy, ifUntrusted }: Way): Hindrance =>
  proxy?.url.protocol === 'https:'
    ? {
        detail: `a certificate on the way ${what}`,
        remedy: `It is that of the proxy ${proxy.shown}, which ${proxy.variable} names, or of what lies behind. ${remedy ?? ifUntrusted}`,
      }
    : { detail: `its certificate ${what}`, remedy: remedy ?? ifUntrusted }

/** What an error of a request that went this way comes to. */
export const hindranceOf = (error: unknown, way: Way): Hindrance => {
  const { proxy, target } = way
  const errors = withCauses(error)
  const status = proxyStatusIn(errors)
  if (status !== null) {
    return proxy === null
      ? { detail: `a proxy on the way does not let the connection through (${status})`, remedy: null }
      : refusedByProxy(proxy, status, target)
  }
  const reason = innermost(error)
  // Through a proxy, nothing else is connected to.
  if (proxy !== null && errors.some(isOfConnecting)) return unreachableProxy(proxy, reason)
  const flaw = errors.map(flawOf).find((found) => found !== null) ?? null
  if (flaw !== null) return flawed(flaw, way)
  const words = errorText(reason).replace(/\.$/, '')
  return {
    detail: errors.some((each) => opensslReason(each) !== null) ? `the connection cannot be secured (${words})` : words,
    remedy: null,
    ...(proxy === null ? {} : { besides: viaProxy(proxy) }),
  }
}
