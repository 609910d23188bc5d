import type { Opening, TunnelFailure, TunnelProvider } from './provider.ts'

/** Names that documentation uses for whoever reads it (RFC 2606, and the specification's own example). */
const EXAMPLE_HOST = /(^|\.)(your-domain\.(com|org|net)|your-server\.(com|org|net)|example(\.(com|org|net))?)$/i

const EXAMPLE: TunnelFailure = {
  code: 'example-address',
  message:
    'webhook.endpoint_url is an address out of an example, and is not probed. Write the public address that leads here, and start again.',
}

/** Private and local addresses (RFC 1918, 4193, 6890) lead nowhere from outside. */
const LOCAL_HOST =
  /^(localhost|.*\.localhost|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|169\.254\..*|0\.0\.0\.0|\[::1\]|\[f[cd].*\]|\[fe80.*\])$/i

/** What Notion makes of an address; null where it takes it. */
export const addressWarning = (address: string): string | null => {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:' && !LOCAL_HOST.test(hostname)) return null
  return `Notion takes only public addresses that start with https://, and ${address} is none.`
}

/** A bare host names no path, and the listener answers at one only. */
const webhookAddress = (endpointUrl: string, path: string): string => {
  const url = new URL(endpointUrl)
  if (url.pathname === '/') url.pathname = path
  url.hash = ''
  return url.href
}

/**
 * A public address that somebody else forwards to us (a reverse proxy, Cloudflare, Tailscale). There is nothing to open:
 * only the probe tells whether it leads here.
 */
export const createPublicAddress = (endpointUrl: string, path: string): TunnelProvider => {
  const { hostname } = new URL(endpointUrl)
  const opening: Opening = EXAMPLE_HOST.test(hostname)
    ? { ok: false, failure: EXAMPLE }
    : {
        ok: true,
        tunnel: { address: webhookAddress(endpointUrl, path), close: () => Promise.resolve() },
      }
  return { name: 'the public address', open: () => Promise.resolve(opening) }
}
