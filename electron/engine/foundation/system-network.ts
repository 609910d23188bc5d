import { errorCode, StartError } from './errors.ts'
import { setGlobalProxyFromEnv } from './http-server.ts'
import type { Redactor } from './redaction.ts'

/** The variables of the process, by name. */
type Variables = Readonly<Record<string, string | undefined>>

/** A proxy that the environment names. */
export interface SystemProxy {
  /** The variable that names it, as it is spelt there. */
  readonly variable: string
  /** With the user name and the password, if any: for who connects. */
  readonly url: URL
  /** Without them: for everybody else. */
  readonly shown: string
}

/** Where programs of this machine speak to each other: no proxy can reach it, and none is to see what is said there. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * In a variable, what has a meaning in an address has to be written by its number. Without a scheme before it: behind one, it
 * would be taken for a password where secrets are struck out, and hidden.
 */
export const PROXY_WITH_PASSWORD = 'as user:password@host:port, special characters percent-encoded (%40 for @)'

const unusable = (name: string, what: string, forms: string): StartError =>
  new StartError('proxy-unusable', `The environment variable ${name} ${what}. Write it ${forms} remove it.`)

const ANY_FORM = `as http://host:port, or ${PROXY_WITH_PASSWORD}; or`

/** Lower case wins, as it does for curl; an empty variable counts as unset. */
const variable = (environment: Variables, name: string): { readonly name: string; readonly value: string } | null => {
  for (const spelling of [name.toLowerCase(), name]) {
    const value = environment[spelling]?.trim() ?? ''
    if (value !== '') return { name: spelling, value }
  }
  return null
}

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** A password that is not percent-encoded moves the end of the host to where none is meant, and would be shown with it. */
const isWhole = ({ hostname, username, password, pathname, search, hash }: URL): boolean =>
  hostname !== '' && isDecodable(username) && isDecodable(password) && !`${pathname}${search}${hash}`.includes('@')

const proxyIn = (environment: Variables, name: string): SystemProxy | null => {
  const found = variable(environment, name)
  if (found === null) return null
  const text = found.value.includes('://') ? found.value : `http://${found.value}`
  // The parser's error is no cause: it quotes the address, and with it a password.
  const url = URL.parse(text)
  if (url === null || !isWhole(url)) throw unusable(found.name, 'is not the address of a proxy', ANY_FORM)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const what = `names a proxy of ${url.protocol}//, and only those of http:// and https:// are used`
    throw unusable(found.name, what, 'as http://host:port, or')
  }
  return { variable: found.name, url, shown: `${url.protocol}//${url.host}` }
}

interface Proxies {
  readonly http: SystemProxy | null
  readonly https: SystemProxy | null
  /** Hosts (or `host:port`) that are reached without, and all below them. */
  readonly direct: readonly string[]
}

const NONE: Proxies = { http: null, https: null, direct: [] }

/** Throws a StartError where a variable that counts is no address of a proxy. */
const proxiesOf = (environment: Variables): Proxies => {
  const direct = (variable(environment, 'NO_PROXY')?.value ?? '').toLowerCase().split(/[\s,]+/)
  if (direct.includes('*')) return NONE
  const [http, https] = [proxyIn(environment, 'HTTP_PROXY'), proxyIn(environment, 'HTTPS_PROXY')]
  // Beside one of the others it is often that of another protocol (SOCKS), and meant for other programs.
  const all = http === null && https === null ? proxyIn(environment, 'ALL_PROXY') : null
  return {
    http: http ?? all,
    https: https ?? http ?? all,
    direct: [...direct.filter((host) => host !== ''), ...LOOPBACK],
  }
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

const isReachedBy = ({ hostname, port, protocol }: URL, entry: string): boolean => {
  const [, named = entry, itsPort = null] = /^(.+):(\d+)$/.exec(entry) ?? []
  if (itsPort !== null && itsPort !== (port === '' ? DEFAULT_PORTS[protocol] : port)) return false
  const host = named.replace(/^\*?\./, '')
  return hostname === host || hostname.endsWith(`.${host}`)
}

const proxyAmong = ({ http, https, direct }: Proxies, address: string): SystemProxy | null => {
  const url = new URL(address)
  const proxy = url.protocol === 'https:' ? https : http
  return proxy === null || direct.some((entry) => isReachedBy(url, entry)) ? null : proxy
}

/** The proxy that the environment names for this address; null: none. */
export const proxyOf = (address: string, environment: Variables): SystemProxy | null =>
  proxyAmong(proxiesOf(environment), address)

/** Node has one proxy for the whole process, and so there is one answer to which it is. */
let inUse: Proxies = NONE

/** The proxy that requests of this process to the address go through since `useSystemProxy`; null: they go straight. */
export const proxyInUse = (address: string): SystemProxy | null => proxyAmong(inUse, address)

/** Shorter ones are left to the shape of an address: hiding every "ab" would leave no line of a log readable. */
const SHORTEST_LEARNT = 4

const learnCredentials = ({ username, password }: URL, redactor: Redactor): void => {
  const [user, word] = [decodeURIComponent(username), decodeURIComponent(password)]
  // A user name alone is a token that somebody gave in its place.
  for (const secret of password === '' ? [username, user] : [password, word, `${user}:${word}`]) {
    if (secret.length >= SHORTEST_LEARNT) redactor.learn(secret)
  }
  if (username !== '') redactor.learn(Buffer.from(`${user}:${word}`).toString('base64'))
}

/**
 * From now on, requests of this process go through the proxy that the environment names, those to loopback excepted.
 * Does nothing where it names none. Throws a StartError where what it names is none. Gives what ends it again.
 */
export const useSystemProxy = (environment: Variables, redactor: Redactor): (() => void) => {
  const proxies = proxiesOf(environment)
  const { http, https, direct } = proxies
  for (const proxy of [http, https]) if (proxy !== null) learnCredentials(proxy.url, redactor)
  if (http === null && https === null) return () => undefined
  const address = (proxy: SystemProxy | null): string | undefined => {
    if (proxy === null) return undefined
    const { protocol, username, password, host } = proxy.url
    return `${protocol}//${username === '' && password === '' ? '' : `${username}:${password}@`}${host}`
  }
  const end = setGlobalProxyFromEnv({
    http_proxy: address(http),
    https_proxy: address(https),
    no_proxy: direct.join(','),
  })
  inUse = proxies
  return () => {
    inUse = NONE
    end()
  }
}

/** The addresses of a name as the system knows them, its own list of hosts included. Rejects where it has none. */
export const lookUpAddresses = async (hostname: string): Promise<readonly string[]> => {
  const { lookup } = await import('node:dns/promises')
  return (await lookup(hostname, { all: true })).map(({ address }) => address)
}

/** OpenSSL's codes for a certificate of an issuer that nobody here knows. */
const UNTRUSTED: ReadonlySet<string | null> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
])

/** The certificate is of an issuer that nobody here knows. */
export const isUntrusted = (error: unknown): boolean =>
  error instanceof Error && (UNTRUSTED.has(errorCode(error)) || isUntrusted(error.cause))

/** TLS has one list of certificates for the whole process, and so there is one answer to whether it is complete. */
let isSystemTrusted = false

/** Takes megabytes: only who needs them asks for them. */
export const systemCertificates = async (): Promise<readonly string[]> => {
  const { getCACertificates } = await import('node:tls')
  return [...getCACertificates('default'), ...getCACertificates('system')]
}

const trustSystem = async (): Promise<void> => {
  const [{ setDefaultCACertificates }, certificates] = await Promise.all([import('node:tls'), systemCertificates()])
  if (isSystemTrusted) return
  setDefaultCACertificates(certificates)
  isSystemTrusted = true
}

/**
 * Sends a request, and once more where its certificate is of an issuer that only the system trusts: a company's proxy
 * that looks into what passes. Only then are the certificates of the system loaded, because they take megabytes.
 */
export const trustingSystem = async <T>(send: () => Promise<T>): Promise<T> => {
  const wasTrusted = isSystemTrusted
  try {
    return await send()
  } catch (error) {
    if (wasTrusted || !isUntrusted(error)) throw error
    await trustSystem()
    return send()
  }
}

export interface Vouched<T> {
  readonly answer: T
  /** Only authorities of this system, or of this process, vouch for the certificate: others do not know them. */
  readonly isKnownHereOnly: boolean
}

/**
 * Sends a request by the authorities that everybody knows, and once more by those of the system too where the certificate is
 * of none of them. `send` is given PEM texts, and has to check by them whatever the environment says.
 */
export const withAuthorities = async <T>(send: (authorities: readonly string[]) => Promise<T>): Promise<Vouched<T>> => {
  const { rootCertificates } = await import('node:tls')
  try {
    return { answer: await send(rootCertificates), isKnownHereOnly: false }
  } catch (error) {
    if (!isUntrusted(error)) throw error
  }
  return { answer: await send(await systemCertificates()), isKnownHereOnly: true }
}
