import type { Clock } from './clock.ts'
import { errorCode, errorText, StartError } from './errors.ts'
import { type FastifyInstance, listenHttp } from './http-server.ts'

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program. Stop that one, or choose another port',
  EACCES: 'may not be used by this user. Choose a port above 1023',
  EADDRNOTAVAIL: 'is no address of this machine. Choose 127.0.0.1',
  ENOTFOUND: 'is no address that this machine knows. Choose 127.0.0.1',
}

/** Requests that have come are answered within this time, or cut off. */
const CLOSE_GRACE_MS = 2_000

/** Stops listening. A connection on which nothing was ever asked would hold the end up for as long as it likes. */
export const closeServer = async (server: FastifyInstance, clock: Clock): Promise<void> => {
  const cut = clock.after(CLOSE_GRACE_MS, () => {
    server.server.closeAllConnections()
  })
  await server.close()
  cut.cancel()
}

/** Starts listening, or says in one sentence why not. `where`: the setting that the address comes from. */
export const listenAt = async (server: FastifyInstance, host: string, port: number, where: string): Promise<string> => {
  try {
    return await listenHttp(server, host, port)
  } catch (error) {
    const reason = REASONS[errorCode(error) ?? ''] ?? `cannot be listened at (${errorText(error)})`
    throw new StartError('address-taken', `${where}: ${host}:${port} ${reason}.`, error)
  }
}
