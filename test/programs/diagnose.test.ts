import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, onTestFinished, test } from 'vitest'
import { consoleFilePath, consoleFileSchema } from '../../electron/console/console-file.ts'
import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { type Check, CHECK_NAMES } from '../../shared/diagnosis.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { healthAt, runProgram } from '../support/program-run.ts'
import { madeSecret, madeToken, type SettingsChanges, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const NGROK = `2${'aB3'.repeat(8)}xy_5${'cD7'.repeat(6)}zz`

/** A simulator, settings, a home, and the program; known secrets in all places that can hold one. */
const prepare = async (changes: SettingsChanges = {}) => {
  const folder = temporaryFolder()
  const [secret, token] = [madeSecret(), madeToken()]
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, token })
  onTestFinished(() => simulator.stop())
  const { file } = writeSettings(folder, simulator.url, {
    ...changes,
    webhook: {
      secret: '${A_SECRET}',
      processing: { retry_attempts: 0 },
      debouncing: { page_updates: 0 },
      ...changes.webhook,
    },
    notion: { token: '${A_TOKEN}', ...changes.notion },
  })
  const data = join(folder, 'data')
  const environment = { A_SECRET: secret, A_TOKEN: token, NGROK_AUTHTOKEN: NGROK, HOME: folder, USERPROFILE: folder }
  const run = async (...args: readonly string[]) => {
    const program = runProgram('headless', ['diagnose', ...args], { environment })
    const { code } = await program.ended
    return { code, stdout: program.stdout(), stderr: program.stderr() }
  }
  const look = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run('--config', file, '--data', data, '--json', ...args)
    const told = JSON.parse(stdout) as { checks: Check[]; bundle: string | null }
    const outcomes = Object.fromEntries(told.checks.map(({ name, outcome }) => [name, outcome]))
    return { code, stderr, ...told, outcomes, names: told.checks.map(({ name }) => name) }
  }
  return { folder, file, data, secret, token, simulator, environment, run, look }
}

const WELL = {
  settings: 'ok',
  token: 'ok',
  workspace: 'ok',
  databases: 'ok',
  listener: 'ok',
  tunnel: 'notice',
  probe: 'skipped',
  disk: 'ok',
  clock: 'ok',
}

const UNREACHED = { ...WELL, token: 'failed', workspace: 'skipped', databases: 'skipped' }

describe('without an engine', () => {
  test('where all is well it ends with 0, says each check in a line, and starts nothing', async () => {
    const { look, run, file, data } = await prepare()
    expect(await look()).toMatchObject({ code: 0, stderr: '', outcomes: WELL, names: CHECK_NAMES, bundle: null })
    const { code, stdout } = await run('--config', file, '--data', data)
    expect(code).toBe(0)
    expect(stdout.split('\n').map((line) => /^(ok|notice|skipped|failed) +(\w+) +\S.*\.$/.exec(line)?.[2])).toEqual([
      ...CHECK_NAMES,
      undefined,
    ])
    expect(existsSync(data)).toBe(false)
  })

  test('a broken settings file, a wrong token and a Notion that is away each end with 1 and say what to do', async () => {
    const { look, simulator, file, token } = await prepare()
    simulator.failNext({ times: 1, status: 401 })
    const refused = await look()
    expect(refused).toMatchObject({ code: 1, outcomes: UNREACHED })
    expect(refused.checks[1]?.message).toContain('Put the current one')
    await simulator.stop()
    expect(await look()).toMatchObject({ code: 1, outcomes: { ...UNREACHED, clock: 'skipped' } })
    writeFileSync(file, `webhook: {databases: [Tasks]}\nnotion: {tokne: ${token}}\n`)
    const broken = await look()
    expect(broken).toMatchObject({ code: 1, outcomes: { settings: 'failed', token: 'skipped', disk: 'notice' } })
    expect(broken.checks[0]?.message).toMatch(/:2: notion\.tokne /)
    expect(JSON.stringify(broken)).not.toContain(token)
  })

  test('beside what a killed engine left all is in order, unless its lock is none any more: then no command throws', async () => {
    const { look, file, data, environment } = await prepare()
    const { run } = await startEngineProcess(file, data, { environment })
    run.kill('SIGKILL')
    await run.ended
    const files = readdirSync(data).filter((name) => name.startsWith('blackcore.db'))
    expect(files).toEqual(['blackcore.db', 'blackcore.db-shm', 'blackcore.db-wal'])
    const bytes = () => files.map((name) => readFileSync(join(data, name), 'base64'))
    const before = bytes()
    expect(await look()).toMatchObject({ code: 0, stderr: '', outcomes: WELL })
    expect(bytes()).toEqual(before)

    const lock = join(data, 'engine.lock')
    writeFileSync(lock, 'something else')
    const broken = await look()
    expect(broken).toMatchObject({ code: 1, stderr: '', outcomes: { ...WELL, disk: 'failed' } })
    const sentence = `The lock file ${lock} cannot be used: it holds something else. Move it away while no Blackcore Sync runs with that folder, then start.`
    expect(broken.checks[7]?.message).toBe(sentence)
    const refused = { code: 2, stdout: '', stderr: `${sentence}\n` }
    for (const command of [['jobs'], ['disconnect', '--yes'], ['keep-token', 'tunnel', '--forget'], []]) {
      const program = runProgram('headless', [...command, '--config', file, '--data', data], { environment })
      const { code } = await program.ended
      expect({ code, stdout: program.stdout(), stderr: program.stderr() }).toEqual(refused)
    }
    expect(bytes()).toEqual(before)
  })

  test('wrong use is told, ends with 2, and does nothing', async () => {
    const { run, file, folder } = await prepare()
    const usage = / Usage: [^\n]+\n$/
    expect(await run()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(usage) })
    expect(await run('--config', file, '--all')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^"diagnose" does not take --all\. /),
    })
    const nowhere = join(folder, 'nowhere', 'b.zip')
    expect(await run('--config', file, '--data', folder, '--bundle', nowhere)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^The bundle .* cannot be written: ENOENT[^\n]*\n$/),
    })
  })
})

describe('with a running engine', () => {
  test('the engine is asked; the settings file is looked at all the same', async () => {
    const { look, file, data, environment, simulator } = await prepare()
    const { ready } = await startEngineProcess(file, data, { environment })
    const well = await look()
    expect(well).toMatchObject({ code: 0, stderr: '', outcomes: WELL, names: CHECK_NAMES })
    expect(well.checks[4]?.message).toContain(ready.webhook)
    utimesSync(file, new Date(), new Date(Date.now() + 60_000))
    const changed = await look()
    expect(changed).toMatchObject({ code: 0, outcomes: { ...WELL, settings: 'notice' } })
    expect(changed.checks[0]?.message).toMatch(/was started before it was changed\. Start it again to use it\.$/)
    writeFileSync(file, 'webhook: {databases: [Tasks\n')
    expect(await look()).toMatchObject({ code: 1, outcomes: { ...WELL, settings: 'failed' } })
    simulator.failNext({ match: /^\/v1\/users\/me/, times: null, status: 401 })
    expect(await look()).toMatchObject({ code: 1, outcomes: { ...UNREACHED, settings: 'failed' } })
    await simulator.stop()
    const away = await look()
    expect(away).toMatchObject({ code: 1, outcomes: { ...UNREACHED, settings: 'failed' } })
    expect(away.checks[1]?.message).toMatch(/^Notion cannot be reached/)
  })

  test('a bundle is for this user alone, is not overwritten, and holds no secret, no title of a page and no home', async () => {
    const { look, run, file, data, folder, environment, simulator, secret, token } = await prepare()
    const { ready } = await startEngineProcess(file, data, { environment })
    const { workspace } = simulator
    const [id = ''] = workspace.pageIds('Actionable Tasks')
    const proxy = 'http://quilla:pass-of-the-proxy@proxy.example:3128'
    const told = `refused for ${token}, Bearer ${token}, ${secret}, ${NGROK} by ${proxy}`
    const body = { object: 'error', status: 400, code: 'validation_error', message: told }
    simulator.failNext({ match: /^\/v1\/pages\//, times: null, status: 400, body })
    await deliver({ url: ready.webhook, secret, event: eventFor(workspace, 'page.created', id) })
    await until('the page has failed', async () => (await healthAt(ready.console)).metrics.events_failed === 1)

    const bundle = join(folder, 'bundle.zip')
    expect(await look('--bundle', bundle)).toMatchObject({ code: 0, bundle })
    if (process.platform !== 'win32') expect(statSync(bundle).mode & 0o777).toBe(0o600)
    const files = Object.entries(unzipSync(readFileSync(bundle))).map(
      ([name, bytes]) => [name, strFromU8(bytes)] as const,
    )
    expect(files.map(([name]) => name.replace('blackcore-sync/', '')).toSorted()).toEqual([
      'checks.json',
      'checks.txt',
      'log.txt',
      'metrics.txt',
      'queue.json',
      'settings.json',
      'status.json',
      'versions.json',
    ])
    const text = new Map(files)
    expect(JSON.parse(text.get('blackcore-sync/queue.json') ?? '')).toMatchObject({
      jobs: { failed: 1 },
      failures: [{ code: 'validation_error', jobs: 1 }],
    })
    expect(text.get('blackcore-sync/log.txt')).toContain('Attempt failed')
    expect(text.get('blackcore-sync/metrics.txt')).toContain('blackcore_jobs{state="failed"} 1')
    const console = consoleFileSchema.parse(JSON.parse(readFileSync(consoleFilePath(data), 'utf8')))
    const everything = files.map(([, content]) => content).join('\n')
    const hidden = { secret, token, ngrok: NGROK, proxy: 'pass-of-the-proxy', console: console.token, home: folder }
    expect(Object.entries(hidden).filter(([, value]) => everything.includes(value))).toEqual([])
    expect(everything).toContain('~')

    expect(await run('--config', file, '--data', data, '--bundle', bundle)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${bundle} exists already, and is not overwritten: give the bundle another name.\n`,
    })
  })
})
