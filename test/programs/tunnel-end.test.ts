import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NGROK_SERVER } from '../../electron/engine/tunnel/ngrok-authority.ts'
import { makeServerCertificate } from '../../electron/engine/tunnel/server-certificate.ts'
import { deliver, eventFor, signBody } from '../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { portOf, startConnectProxy } from '../support/connect-proxy.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { startNgrokServer } from '../support/ngrok-server/server.ts'
import { madeSecret, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const isRefused = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => false,
    () => true,
  )

/** Only Linux lets the environment say which certificates are the system’s. */
test.skipIf(process.platform !== 'linux').each(['SIGINT', 'SIGTERM'] as const)(
  'a delivery on its way through ngrok is answered when %s is sent to the whole group of processes',
  async (signal) => {
    const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 2, requestsPerMinute: null })
    onTestFinished(() => simulator.stop())
    const folder = temporaryFolder()
    const [host = ''] = NGROK_SERVER.split(':')
    const certificates = await makeServerCertificate({ addresses: [], hosts: [host] }, Date.now())
    const trusted = join(folder, 'trusted.pem')
    writeFileSync(trusted, certificates.authority)
    const ngrok = await startNgrokServer(certificates)
    const proxy = await startConnectProxy({ [NGROK_SERVER]: portOf(`https://${ngrok.address}`) })
    const secret = madeSecret()
    const { file } = writeSettings(folder, simulator.url, {
      webhook: { secret },
      tunnel: { provider: 'ngrok', authtoken: 'a-token' },
    })
    const environment = { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: trusted, SSL_CERT_DIR: folder }
    const { run, ready } = await startEngineProcess(file, join(folder, 'data'), { environment, leadsGroup: true })
    await until('the tunnel is proven', async () =>
      (await (await fetch(ready.console)).text()).includes('reachable (http'),
    )

    const eventOf = (page: number) =>
      eventFor(simulator.workspace, 'page.created', simulator.workspace.pageIds('Actionable Tasks')[page]!)
    const url = `${ngrok.url}/webhooks/notion`
    const body = JSON.stringify(eventOf(0))
    const delivery = request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-notion-signature': signBody(body, secret),
      },
    })
    const answered = once(delivery, 'response')
    delivery.write(body.slice(0, 10))
    // What comes later by the same way is answered: so it has come to the engine too.
    expect(await deliver({ url, secret, event: eventOf(1) })).toMatchObject({ status: 200 })
    run.killGroup(signal)
    await until('the engine takes nothing new', () => isRefused(ready.webhook))
    delivery.end(body.slice(10))
    expect(await answered).toMatchObject([{ statusCode: 200 }])
    expect(await run.ended).toEqual({ code: 0, signal: null })
  },
)
