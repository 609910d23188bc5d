import type { Opening, TunnelFailure, TunnelProvider } from './provider.ts'

/** Names that documentation uses for whoever reads it (RFC 2606, and the specification's own example). */
const EXAMPLE_HOST = /(^|\.)(your-domain\.(com|org|net)|your-server\.(com|org|net)|example(\.(com|org|net))?)\.?$/i

const EXAMPLE: TunnelFailure = {
  code: 'example-address',
  message:
    'webhook.endpoint_url is an address out of an example, and is not probed. Write the public address that leads here, and start again.',
}

/** Private and local networks (RFC 6890), as URL writes their addresses: they lead nowhere from outside. */
const LOCAL_IPV4 =
  /^((0|10|127)\.\d+|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d+\.\d+$/
const LOCAL_IPV6 = /^\[(::1?|::ffff:.*|(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):.*)\]$/

/** A name without a dot, or of an ending that is never public, is known in its own network only. */
const LOCAL_NAME = /^[^.:]+\.?$|\.(localhost|local|internal|home\.arpa|lan|home|corp|intranet|fritz\.box)\.?$/

/** Whether a name, or an address as URL writes it, is known in a network of its own only. */
export const isLocalHost = (hostname: string): boolean =>
  [LOCAL_IPV4, LOCAL_IPV6, LOCAL_NAME].some((pattern) => pattern.test(hostname))

/** Whatever comes back from such an address, Notion is not the one who reaches it. */
const notPublic = (address: string): TunnelFailure => ({
  code: 'not-public',
  message: `Notion reaches no address of a private network, and ${address} is one. Write the public address that leads here as webhook.endpoint_url, and start again.`,
})

const unsecured = (address: string): string =>
  `Notion takes only addresses that start with https://, and ${address} does not. Subscribe its https form, if it has one, and write it as webhook.endpoint_url.`

/** The addresses of a name (or of an address) as this computer sees them. Rejects where it has none. */
export type LookUp = (hostname: string) => Promise<readonly string[]>

/**
 * A name can lead to a private network from here, and a probe comes back all the same. From outside it may lead elsewhere,
 * so this is no fault; null as well where nothing is known of the name.
 */
const privateNameWarning = async (hostname: string, lookUp: LookUp): Promise<string | null> => {
  const found = await lookUp(hostname).catch((): readonly string[] => [])
  const [first] = found
  if (first === undefined || !found.every((each) => isLocalHost(each.includes(':') ? `[${each}]` : each))) return null
  return `${hostname} leads to ${first} on this computer, an address of a private network, where Notion reaches nothing. Check from outside that the name leads here (with Tailscale, that Funnel is on).`
}

/** A bare host names no path, and the listener answers at one only. */
const webhookAddress = (endpointUrl: string, path: string): string => {
  const url = new URL(endpointUrl)
  if (url.pathname === '/') url.pathname = path
  url.hash = ''
  return url.href
}

/** Why an address is not even tried; null: it is. */
const refusalOf = (hostname: string, address: string, isNotionLocal: boolean): TunnelFailure | null => {
  if (EXAMPLE_HOST.test(hostname)) return EXAMPLE
  return isLocalHost(hostname) && !isNotionLocal ? notPublic(address) : null
}

/**
 * A public address that somebody else forwards to us (a reverse proxy, Cloudflare, Tailscale). There is nothing to open:
 * only the probe tells whether it leads here. `isNotionLocal`: what stands in Notion's place is in a private network, and
 * reaches addresses there.
 */
export const createPublicAddress = (
  endpointUrl: string,
  path: string,
  lookUp: LookUp,
  isNotionLocal: boolean,
): TunnelProvider => {
  const { hostname, protocol } = new URL(endpointUrl)
  const address = webhookAddress(endpointUrl, path)
  let privateName: string | null = null
  const refusal = refusalOf(hostname, address, isNotionLocal)
  const warning = (): string | null => {
    if (isNotionLocal) return null
    return protocol === 'https:' ? privateName : unsecured(address)
  }
  const opening: Opening =
    refusal === null
      ? { ok: true, tunnel: { address, warning, close: () => Promise.resolve() } }
      : { ok: false, failure: refusal }
  return {
    name: 'the public address',
    open: () => {
      // A name server that does not answer keeps nothing waiting; each opening asks anew.
      if (opening.ok) {
        void privateNameWarning(hostname, lookUp).then((found) => {
          privateName = found
        })
      }
      return Promise.resolve(opening)
    },
  }
}
