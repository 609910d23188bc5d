import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { Disk } from '../foundation/disk.ts'
import { connectThroughProxy } from '../foundation/proxy-connection.ts'
import { systemCertificates, type SystemProxy, trustingSystem } from '../foundation/system-network.ts'
import type { NgrokOptions } from './ngrok.ts'
import { NGROK_AUTHORITY } from './ngrok-authority.ts'
import type { TunnelFailure } from './provider.ts'
import { proxyFailures } from './proxy-failures.ts'
import { makeServerCertificate } from './server-certificate.ts'

export interface ProxiedServerParts {
  readonly proxy: SystemProxy
  /** ngrok's server: `host:port`. */
  readonly target: string
  readonly disk: Disk
  /** Milliseconds since 1970. */
  readonly now: number
  /** What there is to tell from now on, should nothing further happen. */
  readonly onWaiting: (silence: TunnelFailure) => void
}

export interface ProxiedServer {
  readonly server: Required<Pick<NgrokOptions, 'serverAddress' | 'lendAuthority'>>
  /** Why the last connection brought nothing, where that lies at the way to ngrok's server. */
  failure(): TunnelFailure | null
  stop(): void
}

const LOOPBACK = '127.0.0.1'

/**
 * ngrok's server as it is seen through a proxy, for the library, which goes through none (1.7.0): it connects to a server on
 * loopback, whose connections are carried on through the proxy. The library takes the name that it checks from the address
 * that it connects to, so each half is secured by itself: this server by a certificate made for it alone, ngrok's by
 * ngrok's own authority or one that the system trusts, as the library has it.
 */
export const startProxiedServer = async (parts: ProxiedServerParts): Promise<ProxiedServer> => {
  const { proxy, target, disk, now, onWaiting } = parts
  const failures = proxyFailures(proxy, target)
  const [loopback, certificates] = await Promise.all([
    makeServerCertificate({ addresses: [LOOPBACK], hosts: [] }, now),
    systemCertificates(),
  ])
  const open = new Set<TLSSocket>()
  let failure: TunnelFailure | null = null

  const held = (socket: TLSSocket): TLSSocket => {
    open.add(socket)
    // An error ends the connection, and its end is told to the other half.
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    return socket
  }

  const reach = async (): Promise<TLSSocket | null> => {
    onWaiting(failures.silent())
    const connecting = await trustingSystem(() => connectThroughProxy(proxy.url, target)).catch((error: unknown) => {
      failure = failures.unreachable(error)
      return null
    })
    if (connecting === null) return null
    if (!connecting.ok) {
      failure = failures.refused(connecting.status)
      return null
    }
    failure = null
    onWaiting(failures.silentBehind())
    const servername = target.replace(/:\d+$/, '')
    const ca = [NGROK_AUTHORITY, ...certificates]
    // Whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED): the token is for ngrok alone.
    const remote = held(connect({ socket: connecting.connection, servername, ca, rejectUnauthorized: true }))
    const { promise, resolve } = Promise.withResolvers<TLSSocket | null>()
    const fail = (error: Error): void => {
      failure = failures.unsecured(error)
      resolve(null)
    }
    remote.once('error', fail)
    remote.once('secureConnect', () => {
      remote.off('error', fail)
      resolve(remote)
    })
    remote.once('close', () => {
      resolve(null)
    })
    return promise
  }

  const carry = async (local: TLSSocket): Promise<void> => {
    const remote = await reach()
    if (remote === null || local.destroyed) {
      remote?.destroy()
      local.destroy()
      return
    }
    local.on('close', () => remote.destroy())
    // Before the library sees it: it has another word for it, and none for the proxy.
    for (const end of ['end', 'close']) {
      remote.on(end, () => {
        if (!local.destroyed) failure = failures.cut()
      })
    }
    remote.on('close', () => local.destroy())
    local.pipe(remote).pipe(local)
  }

  const server = createServer({ cert: loopback.certificate, key: loopback.key }, (local) => void carry(held(local)))
  // Somebody else of this computer knocks; the library trusts the certificate.
  server.on('tlsClientError', () => undefined)
  server.listen(0, LOOPBACK)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server on loopback has no port')

  return {
    server: {
      serverAddress: `${LOOPBACK}:${address.port}`,
      lendAuthority: async (use) => {
        const file = join(tmpdir(), `blackcore-sync-${randomUUID()}.pem`)
        try {
          await disk.writePrivate(file, loopback.authority).catch((error: unknown) => {
            failure = failures.folderUnusable(tmpdir(), error)
            throw error
          })
          use(file)
        } finally {
          await disk.remove(file)
        }
      },
    },
    failure: () => failure,
    stop: () => {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
