import type { Duplex } from 'node:stream'
import { httpRequest, httpsRequest, isIP } from './http-server.ts'

export type ProxyConnecting =
  | { readonly ok: true; readonly connection: Duplex }
  /** The proxy's answer (RFC 9110, 9.3.6): 407 wants a user name and a password. */
  | { readonly ok: false; readonly status: number }

const credentialsOf = ({ username, password }: URL): Readonly<Record<string, string>> => {
  if (username === '' && password === '') return {}
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(words).toString('base64')}` }
}

/** A connection to `target` (`host:port`) through a proxy. Rejects where the proxy cannot be reached, or it is given up. */
export const connectThroughProxy = (proxy: URL, target: string, signal?: AbortSignal): Promise<ProxyConnecting> => {
  const isSecure = proxy.protocol === 'https:'
  const host = proxy.hostname.replaceAll(/[[\]]/g, '')
  const { promise, resolve, reject } = Promise.withResolvers<ProxyConnecting>()
  const request = (isSecure ? httpsRequest : httpRequest)({
    method: 'CONNECT',
    host,
    port: proxy.port === '' ? (isSecure ? 443 : 80) : Number(proxy.port),
    path: target,
    headers: { host: target, ...credentialsOf(proxy) },
    agent: false,
    ...(signal === undefined ? {} : { signal }),
    // Otherwise Node checks the proxy by the header, which names the host behind it; an address is no name there.
    servername: isIP(host) === 0 ? host : '',
    // Whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED): the password is for this proxy alone.
    rejectUnauthorized: true,
  })
  request.on('connect', ({ statusCode = 0 }, connection, first) => {
    if (statusCode < 200 || statusCode > 299) {
      connection.destroy()
      resolve({ ok: false, status: statusCode })
      return
    }
    // What the host said in the same breath belongs to the connection.
    if (first.length > 0) connection.unshift(first)
    resolve({ ok: true, connection })
  })
  request.on('error', reject)
  request.end()
  return promise
}
