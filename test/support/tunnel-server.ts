import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What stands in the place of ngrok's server on loopback, and does to each connection what the test wants. */
export interface TunnelServer {
  /** `127.0.0.1:port`. */
  readonly address: string
  /** Resolves when the next connection has sent its first bytes. */
  nextHello(): Promise<void>
  /** Cuts every connection that is open. */
  cut(): void
}

export const startTunnelServer = async (treat: (connection: Socket) => void): Promise<TunnelServer> => {
  const connections = new Set<Socket>()
  let hello = Promise.withResolvers<undefined>()
  const server = createServer((connection) => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
    // Who is cut off may answer with a reset.
    connection.on('error', () => undefined)
    connection.once('data', () => {
      hello.resolve(undefined)
      hello = Promise.withResolvers()
    })
    treat(connection)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  const cut = (): void => {
    for (const connection of connections) connection.destroy()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  return { address: `127.0.0.1:${address.port}`, nextHello: () => hello.promise, cut }
}
