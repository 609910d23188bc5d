import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../electron/console/commands.ts'
import { consoleFilePath } from '../../electron/console/console-file.ts'
import { databaseFilesIn, pagesIn, recordsIn } from '../support/cache-contents.ts'
import { startCommandedEngine } from '../support/commanded-engine.ts'
import { healthAt, PROJECT_FOLDER, runNode } from '../support/program-run.ts'
import { rawRequest } from '../support/raw-request.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'
const PEOPLE = 'People & Contacts'

const json = (value: unknown) => ({ code: 0, stdout: `${JSON.stringify(value)}\n`, stderr: '' })

describe('the console file', () => {
  test('is for this user alone, opens the console to nobody else, and goes with an orderly end', async () => {
    const { run, ready, dataFolder, consoleFile, command } = await startCommandedEngine()
    const file = consoleFile()
    expect(file).toEqual({ url: ready.console, token: expect.stringMatching(/^[\w-]{43}$/), pid: run.pid })
    if (process.platform !== 'win32') expect(statSync(consoleFilePath(dataFolder)).mode & 0o777).toBe(0o600)
    expect(run.stderr()).not.toContain(file.token)

    const call = async (headers: readonly (readonly [string, string])[]): Promise<number> =>
      (await rawRequest(Number(new URL(file.url).port), { target: '/calls/pause', body: '{"for_ms":null}', headers }))
        .status
    const token = ['Authorization', `Bearer ${file.token}`] as const
    expect(await call([])).toBe(401)
    expect(await call([['Authorization', `Bearer ${file.token.slice(0, -1)}`]])).toBe(401)
    expect(await call([token, ['Host', 'evil.example']])).toBe(403)
    expect(await call([token, ['Origin', 'http://evil.example']])).toBe(403)
    expect((await healthAt(ready.console)).status).toBe('healthy')
    expect(await call([token])).toBe(200)
    expect((await healthAt(ready.console)).status).toBe('paused')

    run.kill('SIGTERM')
    expect(await run.ended).toEqual({ code: 0, signal: null })
    expect(existsSync(consoleFilePath(dataFolder))).toBe(false)
    // It does its work without an engine, too: see pair.test.ts.
    const asking = COMMANDS.filter((name) => name !== 'disconnect')
    const ends = await Promise.all(asking.map((name) => command(name, ...(name === 'retry' ? ['--all'] : []))))
    const nobody = { code: 2, stdout: '', stderr: `No Blackcore Sync is running with the data folder ${dataFolder}.\n` }
    expect(ends).toEqual(asking.map(() => nobody))
  })

  test('that a killed engine left misleads no command, and the next engine puts its own in its place', async () => {
    const engine = await startCommandedEngine()
    const before = engine.consoleFile()
    engine.run.kill('SIGKILL')
    await engine.run.ended
    expect(engine.consoleFile()).toEqual(before)
    expect(await engine.command('resume', '--json')).toEqual({
      code: 2,
      stdout: '',
      stderr: `No Blackcore Sync is running with the data folder ${engine.dataFolder}.\n`,
    })
    await engine.again()
    expect(engine.consoleFile().token).not.toBe(before.token)
    expect(await engine.command('resume', '--json')).toEqual(json({ paused: false }))
  })
})

test('failed jobs are listed, discarded, taken back and sent round again until every page has its file', async () => {
  const { simulator, ready, created, command, cacheFolder } = await startCommandedEngine()
  const tasks = simulator.workspace.pageIds(TASKS).slice(0, 2)
  const [person] = simulator.workspace.pageIds(PEOPLE)
  simulator.failNext({ match: /^\/v1\/pages\//, times: null, status: 403 })
  await created(...tasks, person!)
  await until('three jobs are failed', async () => (await healthAt(ready.console)).metrics.events_failed === 3)
  expect((await healthAt(ready.console)).status).toBe('degraded')

  const listed = await command('jobs', '--json', '--state', 'failed')
  const { jobs } = JSON.parse(listed.stdout) as { jobs: { id: number; page_id: string; database: string }[] }
  expect(jobs.map(({ page_id, database }) => [page_id, database]).toSorted()).toEqual(
    [...tasks.map((id) => [id, TASKS]), [person, PEOPLE]].toSorted(),
  )
  for (const job of jobs) {
    expect(job).toEqual({
      id: expect.any(Number),
      state: 'failed',
      page_id: expect.any(String),
      database: expect.any(String),
      reason: expect.stringMatching(/^Notion refuses: .*then retry\.$/),
      attempts: [
        {
          at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
          duration_ms: expect.any(Number),
          code: 'restricted_resource',
          message: expect.stringContaining('Grant it in Notion'),
        },
      ],
    })
  }
  const text = await command('jobs')
  expect(text.stdout).toContain(`failed     ${PEOPLE}  ${person!}\n`)
  expect(text.stdout).toContain('restricted_resource: Notion refuses')

  // Nobody named, nobody to ask, nobody meant: nothing done.
  const refused = await Promise.all([
    command('retry', '--yes'),
    command('retry', '--all'),
    command('discard', '--cause', 'no_such_cause', '--yes'),
  ])
  expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual(Array(3).fill([2, '']))
  expect(refused[1].stderr).toBe('Send 3 failed jobs round again? Nobody can be asked here: repeat it with --yes.\n')
  expect(JSON.parse((await command('jobs', '--json')).stdout)).toEqual({ jobs })

  expect(await command('discard', '--database', PEOPLE, '--yes', '--json')).toEqual(json({ discarded: 1 }))
  expect(await command('discard', '--undo', '--all', '--yes')).toMatchObject({
    code: 0,
    stdout: 'The discard of 1 discarded job is taken back.\n',
  })
  simulator.clearFaults()
  expect(await command('retry', String(jobs[0]!.id), '--yes', '--json')).toEqual(json({ retried: 1 }))
  expect(await command('retry', '--cause', 'restricted_resource', '--yes', '--json')).toEqual(json({ retried: 2 }))
  expect(await command('wait-idle')).toEqual({ code: 0, stdout: 'Nothing is left to do.\n', stderr: '' })
  expect([...recordsIn(cacheFolder).keys()].toSorted()).toEqual([...tasks, person!].toSorted())
  expect(await command('jobs', '--json')).toEqual(json({ jobs: [] }))
  expect((await healthAt(ready.console)).status).toBe('healthy')
})

test('paused, events are accepted and stored over a restart; wait-idle ends when they have become files', async () => {
  const engine = await startCommandedEngine()
  const { simulator, created, command, cacheFolder } = engine
  const [first, second] = simulator.workspace.pageIds(TASKS)
  expect(await command('pause', '--for', '30m', '--json')).toEqual(json({ paused: true }))
  expect(await created(first!)).toMatchObject([{ status: 200, body: { status: 'queued' } }])
  expect(await healthAt(engine.ready.console)).toMatchObject({ status: 'paused', queue_size: 1 })
  engine.run.kill('SIGKILL')
  await engine.run.ended
  await engine.again()
  expect(await created(second!)).toMatchObject([{ status: 200, body: { status: 'queued' } }])
  expect(await healthAt(engine.ready.console)).toMatchObject({ status: 'paused', queue_size: 2 })

  let isIdle = false
  const idle = command('wait-idle', '--json').finally(() => {
    isIdle = true
  })
  const paused = await command('pause')
  expect(paused).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Paused until "resume"\. Events are accepted/),
  })
  expect({ isIdle, pages: pagesIn(cacheFolder).size }).toEqual({ isIdle: false, pages: 0 })
  // As a person types it; whatever installs or hands over leaves standard output to the program.
  const script = join(PROJECT_FOLDER, 'scripts', 'run.mjs')
  const resumed = runNode([script, 'headless', 'resume', '--json', '--data', engine.dataFolder])
  expect(await resumed.ended).toEqual({ code: 0, signal: null })
  expect(resumed.stdout()).toBe('{"paused":false}\n')
  expect(await idle).toEqual(json({ idle: true }))
  expect(databaseFilesIn(cacheFolder)).toEqual(['actionable_tasks.json'])
  expect([...recordsIn(cacheFolder).keys()].toSorted()).toEqual([first!, second!].toSorted())
  expect((await healthAt(engine.ready.console)).status).toBe('healthy')
})

test('wait-idle is no success while a stranger’s file stands in the place of a database file: it names the file', async () => {
  const { simulator, created, command, cacheFolder } = await startCommandedEngine()
  const path = join(cacheFolder, 'actionable_tasks.json')
  writeFileSync(path, '{"mine": []}')
  await created(simulator.workspace.pageIds(TASKS)[0]!)
  const words = `Not everything is written. ${path} was not written by Blackcore Sync, or was changed since. It is left as it is; move it away, and it is written anew.\n`
  expect(await command('wait-idle')).toEqual({ code: 2, stdout: '', stderr: words })
  rmSync(path)
  await until('the file is written', () => recordsIn(cacheFolder).size === 1)
  expect(await command('wait-idle', '--json')).toEqual(json({ idle: true }))
})

test('an engine that stops ends a wait-idle that it can no longer answer, and is not held up by it', async () => {
  const { run, command, created, simulator } = await startCommandedEngine()
  await command('pause')
  await created(simulator.workspace.pageIds(TASKS)[0]!)
  const idle = command('wait-idle')
  // The call that follows it shows that it has had its time to be sent.
  await command('jobs')
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(await idle).toMatchObject({ code: 2, stdout: '' })
})

test('GET /metrics loads its library with the first scrape, not with the start', async () => {
  const { run, ready } = await startCommandedEngine({
    environment: { NODE_OPTIONS: `--import=${new URL('../support/told-loads.ts', import.meta.url).href}` },
  })
  expect(run.stderr()).toContain('loads fastify')
  expect(run.stderr()).not.toContain('loads prom-client')
  const response = await fetch(`${ready.console}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await response.text()).toContain('\nblackcore_jobs{state="waiting"} 0\n')
  expect(run.stderr()).toContain('loads prom-client')
})
