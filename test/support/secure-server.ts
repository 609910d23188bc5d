import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { onTestFinished } from 'vitest'
import { portOf } from './ngrok-server/server.ts'

/** In PEM, the chain included where one is shown. */
interface ShownCertificate {
  readonly certificate: string
  readonly key: string
}

/** A server of https:// on loopback that shows this certificate; it ends with the test. */
export const startSecureServer = async ({ certificate, key }: ShownCertificate, respond: RequestListener) => {
  const server = createServer({ cert: certificate, key }, respond)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const port = portOf(server)
  return { port, url: `https://127.0.0.1:${port}` }
}
