import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../electron/simulator/server.ts'
import { pagesIn } from '../support/cache-contents.ts'
import { startCommandedEngine } from '../support/commanded-engine.ts'
import { type EngineProcess, readyOf, startEngineProcess, whenReady } from '../support/engine-process.ts'
import { healthAt, PROJECT_FOLDER, runNode } from '../support/program-run.ts'
import { madeSecret, type SettingsChanges, writeSettings } from '../support/settings-file.ts'
import { freePort } from '../support/taken-port.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'

const simulated = async (options: Partial<SimulatorOptions> = {}): Promise<Simulator> => {
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, ...options })
  onTestFinished(() => simulator.stop())
  return simulator
}

interface Started extends EngineProcess {
  readonly secret: string
  readonly cacheFolder: string
}

const start = async (baseUrl: string, changes: SettingsChanges = {}): Promise<Started> => {
  const folder = temporaryFolder()
  const secret = madeSecret()
  const { file, cacheFolder } = writeSettings(folder, baseUrl, { ...changes, webhook: { secret, ...changes.webhook } })
  return { ...(await startEngineProcess(file, join(folder, 'data'))), secret, cacheFolder }
}

const jsonLines = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

test('the engine says on standard output where it accepts, and nothing else; its log is on standard error', async () => {
  const { workspace, url } = await simulated()
  const { run, ready, secret, cacheFolder } = await start(url)
  expect(ready).toEqual({
    pid: run.pid,
    webhook: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/webhooks\/notion$/),
    console: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/),
  })
  const id = workspace.pageIds(TASKS)[0]!
  await deliver({ url: ready.webhook, secret, event: eventFor(workspace, 'page.created', id) })
  await until('the page has its file', () => pagesIn(cacheFolder).has(id))
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(readyOf(run.stdout())).toEqual(ready)
  expect(jsonLines(run.stderr())).toContainEqual(expect.objectContaining({ level: 'info', msg: 'Job completed' }))
})

test('GET /health says what the contract says, with counters that start with the process', async () => {
  const { workspace, url } = await simulated()
  const { ready, secret } = await start(url)
  const none = { events_received: 0, events_processed: 0, events_failed: 0, events_ignored: 0, events_duplicate: 0 }
  const response = await fetch(`${ready.console}/health`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(await response.json()).toEqual({
    status: 'healthy',
    queue_size: 0,
    metrics: { ...none, processing_time: { p50_ms: 0, p95_ms: 0, p99_ms: 0 } },
    last_event: null,
  })
  const event = eventFor(workspace, 'page.created', workspace.pageIds(TASKS)[0]!)
  const before = Date.now()
  for (const each of [event, event, eventFor(workspace, 'comment.created', workspace.pageIds(TASKS)[0]!)]) {
    expect((await deliver({ url: ready.webhook, secret, event: each })).status).toBe(200)
  }
  expect((await deliver({ url: ready.webhook, secret: madeSecret(), event })).status).toBe(401)
  const isProcessed = async (): Promise<boolean> => {
    const { metrics, queue_size: waiting } = await healthAt(ready.console)
    return metrics.events_processed === 1 && waiting === 0
  }
  await until('the event is processed, and the titles that its page shows were asked for', isProcessed)
  const health = (await (await fetch(`${ready.console}/health`)).json()) as { last_event: string }
  expect(health).toEqual({
    status: 'healthy',
    queue_size: 0,
    metrics: {
      ...none,
      events_received: 3,
      events_processed: 1,
      events_ignored: 1,
      events_duplicate: 1,
      processing_time: { p50_ms: expect.any(Number), p95_ms: expect.any(Number), p99_ms: expect.any(Number) },
    },
    last_event: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  })
  expect(Date.parse(health.last_event)).toBeGreaterThanOrEqual(before)
})

test('queue_size counts what waits, and what waits is still there after SIGTERM', async () => {
  const { workspace, url } = await simulated()
  const { run, ready, secret } = await start(url, { webhook: { debouncing: { page_updates: '10m' } } })
  for (const id of workspace.pageIds(TASKS)) {
    await deliver({ url: ready.webhook, secret, event: eventFor(workspace, 'page.created', id) })
  }
  expect((await healthAt(ready.console)).queue_size).toBe(5)
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
})

test('SIGTERM ends what is active before the program ends', async () => {
  const simulator = await simulated()
  const { workspace } = simulator
  const { run, ready, secret, cacheFolder } = await start(simulator.url)
  const id = workspace.pageIds(TASKS)[0]!
  const isActive = Promise.withResolvers<undefined>()
  const release = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async (path) => {
    if (path !== `/v1/pages/${id}`) return
    isActive.resolve(undefined)
    await release.promise
  })
  await deliver({ url: ready.webhook, secret, event: eventFor(workspace, 'page.created', id) })
  await isActive.promise
  run.kill('SIGTERM')
  await until('no delivery is accepted any more', () =>
    fetch(ready.webhook).then(
      () => false,
      () => true,
    ),
  )
  expect(pagesIn(cacheFolder).size).toBe(0)
  release.resolve(undefined)
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(pagesIn(cacheFolder).has(id)).toBe(true)
})

test('SIGTERM ends the program within ten seconds though Notion never answers, and the event is kept', async () => {
  const simulator = await simulated()
  const folder = temporaryFolder()
  const secret = madeSecret()
  const { file, cacheFolder } = writeSettings(folder, simulator.url, { webhook: { secret } })
  const data = join(folder, 'data')
  const { run, ready } = await startEngineProcess(file, data)
  const id = simulator.workspace.pageIds(TASKS)[0]!
  const isActive = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async (path) => {
    if (!path.startsWith('/v1/pages/')) return
    isActive.resolve(undefined)
    await Promise.withResolvers().promise
  })
  await deliver({ url: ready.webhook, secret, event: eventFor(simulator.workspace, 'page.created', id) })
  await isActive.promise
  const from = performance.now()
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(performance.now() - from).toBeLessThan(10_000)
  simulator.beforeAnswer(null)
  const again = await startEngineProcess(file, data)
  await until('the page has its file', () => pagesIn(cacheFolder).has(id))
  again.run.kill('SIGINT')
  expect(await again.run.ended).toEqual({ code: 0, signal: null })
})

test('the engine accepts without waiting for Notion; while that cannot be reached it is degraded and keeps every event', async () => {
  const { workspace } = await simulated()
  const { ready, secret } = await start(`http://127.0.0.1:${await freePort()}`)
  const event = eventFor(workspace, 'page.created', workspace.pageIds(TASKS)[0]!)
  expect(await deliver({ url: ready.webhook, secret, event })).toMatchObject({
    status: 200,
    body: { status: 'queued' },
  })
  await until('the state is degraded', async () => (await healthAt(ready.console)).status === 'degraded')
  expect((await healthAt(ready.console)).queue_size).toBe(1)
  expect(await (await fetch(ready.console)).text()).toMatch(/Notion cannot be reached: .* Check the network\./)
})

test('without a secret nobody is paired: every request is 401, and the state says so', async () => {
  const { workspace, url } = await simulated()
  const { ready } = await start(url, { webhook: { secret: '${NOT_PAIRED_YET}' } })
  const event = eventFor(workspace, 'page.created', workspace.pageIds(TASKS)[0]!)
  for (const secret of [madeSecret(), '', '${NOT_PAIRED_YET}', 'null']) {
    expect((await deliver({ url: ready.webhook, secret, event })).status).toBe(401)
  }
  const unsigned = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) }
  expect((await fetch(ready.webhook, unsigned)).status).toBe(401)
  expect(await healthAt(ready.console)).toMatchObject({ status: 'degraded', metrics: { events_received: 0 } })
})

test('the console is not reachable through the port of the webhook, nor the webhook through that of the console', async () => {
  const { workspace, url } = await simulated()
  const { ready, secret } = await start(url)
  const webhook = new URL(ready.webhook)
  for (const path of ['/health', '/', '/metrics', '/webhooks/../health']) {
    expect((await fetch(`${webhook.origin}${path}`)).status).toBe(404)
  }
  const event = eventFor(workspace, 'page.created', workspace.pageIds(TASKS)[0]!)
  expect((await deliver({ url: `${ready.console}${webhook.pathname}`, secret, event })).status).toBe(404)
  expect((await healthAt(ready.console)).metrics.events_received).toBe(0)
})

test('run.mjs hands SIGTERM on to the program and its exit code back, and says the pid of the engine itself', async () => {
  const folder = temporaryFolder()
  const { url } = await simulated()
  const { file } = writeSettings(folder, url, { webhook: { secret: madeSecret() } })
  const script = join(PROJECT_FOLDER, 'scripts', 'run.mjs')
  const run = runNode([script, 'headless', '--config', file, '--data', join(folder, 'data')])
  const ready = await whenReady(run)
  expect(ready.pid).not.toBe(run.pid)
  process.kill(ready.pid, 0)
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(() => process.kill(ready.pid, 0)).toThrow('ESRCH')
  const refused = runNode([script, 'headless', '--config', join(folder, 'missing.yaml')])
  expect(await refused.ended).toEqual({ code: 2, signal: null })
})

test('a reader of the log that goes away does not end the engine', async () => {
  const { workspace, url } = await simulated()
  const { run, ready, secret, cacheFolder } = await start(url)
  run.stopReading()
  for (const id of workspace.pageIds(TASKS).slice(0, 2)) {
    await deliver({ url: ready.webhook, secret, event: eventFor(workspace, 'page.created', id) })
    await until('the page has its file', () => pagesIn(cacheFolder).has(id))
  }
  expect((await healthAt(ready.console)).metrics.events_processed).toBe(2)
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
})

test('the passphrase of the secrets file stands in no log, whoever repeats it', async () => {
  const passphrase = 'words that encrypt everything'
  const engine = await startCommandedEngine({ environment: { BLACKCORE_SECRETS_KEY: passphrase } })
  const body = { object: 'error', status: 400, code: 'validation_error', message: `refused for ${passphrase}` }
  engine.simulator.failNext({ match: /^\/v1\/pages\//, times: null, status: 400, body })
  await engine.created(engine.simulator.workspace.pageIds(TASKS)[0]!)
  await until('the page has failed', async () => (await healthAt(engine.ready.console)).metrics.events_failed === 1)
  engine.run.kill('SIGTERM')
  expect(await engine.run.ended).toEqual({ code: 0, signal: null })
  expect(engine.run.stderr()).toContain('refused for [hidden]')
  const kept = readFileSync(join(engine.dataFolder, 'logs', 'blackcore-sync.log'), 'utf8')
  expect(kept).toContain('refused for [hidden]')
  expect(engine.run.stderr() + kept).not.toContain(passphrase)
})
