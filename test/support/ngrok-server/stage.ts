import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { systemClock } from '../../../electron/engine/foundation/clock.ts'
import { WEBHOOK_PATH } from '../../../electron/engine/intake/listener.ts'
import { createIsolatedNgrok } from '../../../electron/engine/tunnel/isolated-ngrok.ts'
import { createNgrok } from '../../../electron/engine/tunnel/ngrok.ts'
import { createProbe } from '../../../electron/engine/tunnel/probe.ts'
import { unlimitedProbes } from '../../../electron/engine/tunnel/probe-budget.ts'
import { createProbeRequests } from '../../../electron/engine/tunnel/probe-requests.ts'
import type { OpenTunnel, Opening, TunnelFailure } from '../../../electron/engine/tunnel/provider.ts'
import { makeServerCertificate } from '../../../electron/engine/tunnel/server-certificate.ts'
import { createSupervisor } from '../../../electron/engine/tunnel/supervisor.ts'
import type { Reach } from '../../../shared/reach.ts'
import { startListener } from '../listener.ts'
import { createRecordedLog } from '../recorded-log.ts'
import { until } from '../until.ts'
import { startNgrokServer } from './server.ts'

export const AUTHTOKEN = 'a-token'

/** The server has it as a name too, by which nobody finds it but a proxy. */
export const NGROK_HOST = 'ngrok.invalid'

/** The library reads the system's certificates once in a process, when it first wants them. */
const certificates = await makeServerCertificate(
  { addresses: ['127.0.0.1'], hosts: ['localhost', NGROK_HOST] },
  Date.now(),
)
/** As trusted as that one: of ngrok's name alone, and of a proxy's. */
export const ngrokOnly = await makeServerCertificate({ addresses: [], hosts: [NGROK_HOST] }, Date.now())
export const proxyOnly = await makeServerCertificate(
  { addresses: ['127.0.0.1', '::1'], hosts: ['localhost'] },
  Date.now(),
)
const folder = mkdtempSync(join(tmpdir(), 'blackcore-sync-ngrok-'))
const authorityFile = join(folder, 'authority.pem')
writeFileSync(authorityFile, certificates.authority + ngrokOnly.authority + proxyOnly.authority)
process.env['SSL_CERT_FILE'] = authorityFile
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** ngrok's own library at a server of a test, in front of a real listener. `serverName`: by which it is looked for. */
export const startNgrokStage = async (serverName?: string) => {
  const server = await startNgrokServer(certificates)
  const ending = new AbortController()
  const probe = createProbe(createProbeRequests(ending.signal), 'ngrok')
  const listener = await startListener({ answerProbe: probe.answer })
  const log = createRecordedLog()
  const lost: TunnelFailure[] = []
  const options = {
    authtoken: AUTHTOKEN,
    domain: null,
    localAddress: `127.0.0.1:${listener.port}`,
    path: WEBHOOK_PATH,
    clock: systemClock,
    log,
    serverAddress: serverName ?? server.address,
  }
  const ngrok = createNgrok(options)
  const open = (): Promise<Opening> => ngrok.open({ signal: ending.signal, onLost: (failure) => lost.push(failure) })
  onTestFinished(() => {
    ending.abort()
  })

  return {
    options,
    server,
    listener,
    log,
    lost,
    open,
    opened: async (): Promise<OpenTunnel> => {
      const opening = await open()
      if (!opening.ok) throw new Error(`${opening.failure.code}: ${opening.failure.message}`)
      return opening.tunnel
    },
    /** The supervisor as the engine has it, in real time; it stops with the test. */
    supervise: () => {
      const reachable: string[] = []
      const supervisor = createSupervisor({
        provider: createIsolatedNgrok(options),
        kind: 'ngrok',
        probe,
        budget: unlimitedProbes,
        clock: systemClock,
        log,
        onReachable: (address) => reachable.push(address),
      })
      onTestFinished(() => supervisor.stop())
      supervisor.start()
      return {
        supervisor,
        reachable,
        untilState: (state: Reach['state'], limitMs?: number): Promise<void> =>
          until(`it is ${state}`, () => supervisor.reach().state === state, limitMs),
        untilTold: (words: RegExp): Promise<void> =>
          until(`${words.source} is told`, () => words.test(supervisor.reach().message ?? '')),
      }
    },
  }
}
