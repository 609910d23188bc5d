import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

export interface ConnectProxy {
  readonly port: number
  /** Without a user name and a password. */
  readonly url: string
  /** What was asked for, as `host:port`, in order. */
  readonly asked: readonly string[]
  /** The `proxy-authorization` header of each. */
  readonly credentials: readonly (string | undefined)[]
}

/**
 * A proxy on loopback. It alone knows the hosts by these names (`host:port` → a port of loopback), and refuses all others
 * with 502; with `password` set, it asks for that of the user "me"; with `secured` set, it is spoken to by TLS. `listensAt` is one of its addresses.
 */
export const startConnectProxy = async (
  hosts: Readonly<Record<string, number>>,
  password: string | null = null,
  secured: { readonly certificate: string; readonly key: string } | null = null,
  listensAt = '127.0.0.1',
): Promise<ConnectProxy> => {
  const asked: string[] = []
  const credentials: (string | undefined)[] = []
  const wanted = password === null ? undefined : `Basic ${Buffer.from(`me:${password}`).toString('base64')}`
  const open = new Set<Duplex>()
  const statusFor = (request: IncomingMessage): string => {
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) return '407 Who are you'
    return hosts[request.url ?? ''] === undefined ? '502 No such host' : '200 Connected'
  }
  const refuse = (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(400).end()
  }
  const server =
    secured === null ? createServer(refuse) : createTlsServer({ cert: secured.certificate, key: secured.key }, refuse)
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    asked.push(request.url ?? '')
    credentials.push(request.headers['proxy-authorization'])
    open.add(client)
    client.on('error', () => undefined)
    const status = statusFor(request)
    const port = hosts[request.url ?? '']
    if (port === undefined || !status.startsWith('200')) {
      client.end(`HTTP/1.1 ${status}\r\n\r\n`)
      return
    }
    const host = connect(port, '127.0.0.1', () => {
      client.write(`HTTP/1.1 ${status}\r\n\r\n`)
      host.pipe(client).pipe(host)
    })
    open.add(host)
    host.on('error', () => client.destroy())
  })
  server.listen(0, listensAt)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const stream of open) stream.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return {
    port: address.port,
    url: `http${secured === null ? '' : 's'}://127.0.0.1:${address.port}`,
    asked,
    credentials,
  }
}

export const portOf = (url: string): number => Number(new URL(url).port)
