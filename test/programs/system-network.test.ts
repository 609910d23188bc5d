import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeServerCertificate } from '../../electron/engine/tunnel/server-certificate.ts'
import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { pagesIn } from '../support/cache-contents.ts'
import { portOf, startConnectProxy } from '../support/connect-proxy.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { runProgram } from '../support/program-run.ts'
import { startSecureServer } from '../support/secure-server.ts'
import { madeSecret, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const prepare = async (baseUrl: string) => {
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null })
  onTestFinished(() => simulator.stop())
  const folder = temporaryFolder()
  const secret = madeSecret()
  const data = join(folder, 'data')
  const { file, cacheFolder } = writeSettings(folder, baseUrl, { webhook: { secret } })
  /** Starts the engine, tells it of a page, and gives whether its file came. */
  const reachesPage = async (environment: Readonly<Record<string, string>>) => {
    const engine = await startEngineProcess(file, data, { environment })
    const page = simulator.workspace.pageIds('Actionable Tasks')[0]!
    const event = eventFor(simulator.workspace, 'page.created', page)
    await deliver({ url: engine.ready.webhook, secret, event })
    await until('the page has its file', () => pagesIn(cacheFolder).has(page))
    return engine
  }
  return { simulator, folder, file, data, reachesPage }
}

test('Notion is reached by the proxy of the environment, and neither the console nor its commands know of it', async () => {
  const { simulator, data, reachesPage } = await prepare('http://notion.invalid')
  const proxy = await startConnectProxy({ 'notion.invalid:80': portOf(simulator.url) })
  const environment = { http_proxy: proxy.url, NODE_USE_ENV_PROXY: '1' }
  await reachesPage(environment)
  const jobs = runProgram('headless', ['jobs', '--json', '--data', data], { environment })
  expect(await jobs.ended).toEqual({ code: 0, signal: null })
  expect(new Set(proxy.asked)).toEqual(new Set(['notion.invalid:80']))
})

test('a proxy that refuses is told as such, is no fault of a page, and never with its password', async () => {
  const { file, data } = await prepare('https://notion.invalid')
  const proxy = await startConnectProxy({}, 'the-right-one')
  const environment = { HTTPS_PROXY: `http://me:open-sesame@127.0.0.1:${proxy.port}` }
  const { run, ready } = await startEngineProcess(file, data, { environment })
  const shown = async (): Promise<string> => (await fetch(ready.console)).text()
  await until('it is told', async () =>
    (await shown()).includes(
      `the proxy ${proxy.url} takes neither the user name nor the password given (407). Write them into HTTPS_PROXY, as user:password@host:port,`,
    ),
  )
  expect(run.stdout() + run.stderr() + (await shown())).not.toContain('open-sesame')
})

test('a variable that is no address of a proxy ends the start with one sentence', async () => {
  const { file, data } = await prepare('https://notion.invalid')
  const run = runProgram('headless', ['--config', file, '--data', data], {
    environment: { HTTPS_PROXY: 'http://me:open-sesame@proxy.example:port' },
  })
  expect(await run.ended).toEqual({ code: 2, signal: null })
  expect(run.stdout() + run.stderr()).toBe(
    'The environment variable HTTPS_PROXY is not the address of a proxy. Write it as http://host:port, or as user:password@host:port, special characters percent-encoded (%40 for @); or remove it.\n',
  )
})

/** Only Linux lets the environment say which certificates are the system’s. */
test.skipIf(process.platform !== 'linux')(
  'a certificate of an issuer that only the system trusts is taken, and one that nobody trusts is not',
  async () => {
    const { simulator, folder, file, data, reachesPage } = await prepare('https://notion.invalid')
    const certificateFor = (host: string) => makeServerCertificate({ addresses: [], hosts: [host] }, Date.now())
    const { authority, certificate, key } = await certificateFor('notion.invalid')
    const { port } = await startSecureServer({ certificate: certificate + authority, key }, (incoming, outgoing) => {
      const { method, headers, url } = incoming
      const onwards = request(`${simulator.url}${url ?? ''}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      })
      incoming.pipe(onwards)
    })
    const proxy = await startConnectProxy({ 'notion.invalid:443': port })
    const trusted = join(folder, 'trusted.pem')
    writeFileSync(trusted, (await certificateFor('somebody.else')).authority)
    const environment = { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: trusted, SSL_CERT_DIR: folder }

    const refused = await startEngineProcess(file, data, { environment })
    await until('the certificate is refused', async () =>
      (await (await fetch(refused.ready.console)).text()).includes(
        'its certificate is of an issuer that this system does not trust',
      ),
    )
    refused.run.kill('SIGTERM')
    await refused.run.ended

    writeFileSync(trusted, authority)
    await reachesPage(environment)
  },
)
