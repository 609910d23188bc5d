import { BlockList, isIP } from 'node:net'
import type { Opening, TunnelFailure, TunnelProvider } from './provider.ts'

/** Names that documentation uses for whoever reads it (RFC 2606, and the specification's own example). */
const EXAMPLE_HOST = /(^|\.)(your-domain\.(com|org|net)|your-server\.(com|org|net)|example(\.(com|org|net))?)\.?$/i

const EXAMPLE: TunnelFailure = {
  code: 'example-address',
  message:
    'webhook.endpoint_url is an address out of an example, and is not probed. Write the public address that leads here, and start again.',
}

/** Private and local networks (RFC 6890) lead nowhere from outside; an IPv4 address within an IPv6 one counts too. */
const LOCAL_NETWORKS = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  LOCAL_NETWORKS.addSubnet(network, prefix)
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  LOCAL_NETWORKS.addSubnet(network, prefix, 'ipv6')
}

/** A name without a dot, or of an ending that is never public, is known in its own network only. */
const LOCAL_NAME = /^[^.]+\.?$|\.(localhost|local|internal|home\.arpa)\.?$/i

const isLocal = (hostname: string): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '')
  const version = isIP(host)
  return version === 0 ? LOCAL_NAME.test(host) : LOCAL_NETWORKS.check(host, version === 4 ? 'ipv4' : 'ipv6')
}

/** What Notion makes of an address; null where it takes it. */
export const addressWarning = (address: string): string | null => {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:' && !isLocal(hostname)) return null
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
