import { once } from 'node:events'
import { createServer } from 'node:tls'
import { afterEach, onTestFinished } from 'vitest'
import { createIsolatedNgrok } from '../../electron/engine/tunnel/isolated-ngrok.ts'
import type { Opening, TunnelFailure } from '../../electron/engine/tunnel/provider.ts'
import { portOf } from './ngrok-server/server.ts'
import { NGROK_HOST, ngrokOnly, startNgrokStage } from './ngrok-server/stage.ts'

/** Where the library connects to behind the proxy. */
export const TARGET = `${NGROK_HOST}:443`
export const PASSWORD = 'open sesame: ß'

afterEach(() => {
  delete process.env['HTTPS_PROXY']
  delete process.env['https_proxy']
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
})

/** ngrok's own library in a process of its own, which inherits the environment; its server has a name that only a proxy knows. */
export const startProxiedStage = async (proxyVariable: string) => {
  const stage = await startNgrokStage()
  process.env['HTTPS_PROXY'] = proxyVariable
  const [lost, waiting]: [TunnelFailure[], TunnelFailure[]] = [[], []]
  const provider = createIsolatedNgrok({ ...stage.options, serverAddress: TARGET })
  const ending = new AbortController()
  onTestFinished(() => {
    ending.abort()
  })
  const open = (): Promise<Opening> =>
    provider.open({
      signal: ending.signal,
      onLost: (failure) => lost.push(failure),
      onWaiting: (failure) => waiting.push(failure),
    })
  return { ...stage, lost, waiting, open }
}

/** By any trusted name; it ends each connection once something was said on it. */
export const startHangingUp = async (): Promise<number> => {
  const server = createServer({ cert: ngrokOnly.certificate, key: ngrokOnly.key }, (connection) => {
    connection.once('data', () => connection.end())
    connection.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return portOf(server)
}

export const opened = async (open: () => Promise<Opening>) => {
  const opening = await open()
  if (!opening.ok) throw new Error(`${opening.failure.code}: ${opening.failure.message}`)
  return opening.tunnel
}

export const failed = async (open: () => Promise<Opening>): Promise<TunnelFailure> => {
  const opening = await open()
  if (opening.ok) throw new Error('It was opened')
  return opening.failure
}
