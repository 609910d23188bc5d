import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

const listening = async (): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return { server, port: address.port }
}

const closed = async (server: Server): Promise<void> => {
  server.close()
  await once(server, 'close')
}

/** A port that another program listens at until the test has finished. */
export const takenPort = async (): Promise<number> => {
  const { server, port } = await listening()
  onTestFinished(() => closed(server))
  return port
}

/** A port at which nobody listens. */
export const freePort = async (): Promise<number> => {
  const { server, port } = await listening()
  await closed(server)
  return port
}
