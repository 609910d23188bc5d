import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { pagesIn } from '../support/cache-contents.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { healthAt, runProgram } from '../support/program-run.ts'
import { madeSecret, madeToken, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const bytesIn = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path)),
  )

test('neither the secret nor the token stands in any file or output, whatever goes well or wrong', async () => {
  const folder = temporaryFolder()
  const secret = madeSecret()
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, token })
  const { workspace } = simulator
  const { file, cacheFolder } = writeSettings(folder, simulator.url, {
    webhook: { secret: '${A_SECRET}', processing: { retry_attempts: 0 }, debouncing: { page_updates: 0 } },
    notion: { token: '${A_TOKEN}' },
  })
  const environment = { A_SECRET: secret, A_TOKEN: token }
  const data = join(folder, 'data')
  const { run, ready } = await startEngineProcess(file, data, { environment })
  const send = async (event: object) => (await deliver({ url: ready.webhook, secret, event })).body
  const [first, second, third] = workspace.pageIds('Actionable Tasks')

  expect(await send(eventFor(workspace, 'page.created', first!))).toMatchObject({ status: 'queued' })
  await until('the page has its file', () => pagesIn(cacheFolder).size === 1)
  // Notion sends the token again, signed with itself.
  expect(await send({ verification_token: secret })).toMatchObject({ status: 'ignored' })
  expect(await send({ verification_token: secret })).toMatchObject({ status: 'ignored' })
  expect(
    (await deliver({ url: ready.webhook, secret: madeSecret(), event: { verification_token: secret } })).status,
  ).toBe(401)
  simulator.failNext({ match: /^\/v1\/pages\//, times: 1, status: 400, body: `refused for ${token}` })
  expect(await send(eventFor(workspace, 'page.created', second!))).toMatchObject({ status: 'queued' })
  await until('the refused page has failed', async () => (await healthAt(ready.console)).metrics.events_failed === 1)
  await simulator.stop()
  expect(await send(eventFor(workspace, 'page.created', third!))).toMatchObject({ status: 'queued' })
  await until('the outage is told', async () =>
    (await (await fetch(ready.console)).text()).includes('cannot be reached'),
  )
  const told = await (await fetch(ready.console)).text()

  // Two that cannot start: what they say is searched as well.
  const refused = runProgram('headless', ['--config', file, '--data', data], { environment })
  await refused.ended
  const simulated = runProgram('simulate', ['--event', 'page.created', '--page', first!, '--config', file], {
    environment,
  })
  await simulated.ended
  // The queue's own files too, as they lie while it runs.
  const whileRunning = bytesIn(data)
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })

  const outputs = [run, refused, simulated].flatMap((program) => [program.stdout(), program.stderr()])
  const everything = Buffer.concat([whileRunning, bytesIn(folder), Buffer.from([told, ...outputs].join('\n'))])
  expect(everything.includes('Actionable Tasks')).toBe(true)
  expect(run.stderr()).toContain('Attempt failed')
  expect({ secret: everything.includes(secret), token: everything.includes(token) }).toEqual({
    secret: false,
    token: false,
  })
})
