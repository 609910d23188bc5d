import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { startCommandedEngine } from '../support/commanded-engine.ts'

/** With some pages written, and nothing left to do that would meet the disk by itself. */
const startIdle = async () => {
  const engine = await startCommandedEngine()
  await engine.created(...engine.simulator.workspace.pageIds('Actionable Tasks'))
  expect(await engine.command('wait-idle')).toMatchObject({ code: 0 })
  return engine
}

const timesIn = (text: string, part: string): number => text.split(part).length - 1

test('a command that the database refuses says why and what to do, and goes through once it is free', async () => {
  const { command, dataFolder, run } = await startIdle()
  const other = new DatabaseSync(join(dataFolder, 'blackcore.db'))
  onTestFinished(() => {
    other.close()
  })
  other.exec('BEGIN IMMEDIATE')
  const reason = "another program holds the queue's file locked (database is locked)"
  expect(await command('pause')).toEqual({
    code: 2,
    stdout: '',
    stderr: `This was not done: ${reason}. End that program, then try again.\n`,
  })
  expect(timesIn(run.stderr(), 'database is locked')).toBe(1)
  other.exec('ROLLBACK')
  expect(await command('pause')).toMatchObject({ code: 0, stderr: '' })
})

/** What a broken disk does to a file that is in use. */
const overwrite = (path: string): void => {
  const file = openSync(path, 'r+')
  const pages = Math.floor(statSync(path).size / 4_096)
  for (let page = 1; page < pages; page += 1) writeSync(file, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096)
  closeSync(file)
}

test('where how things stand cannot be read, the page, /health, a command and the diagnosis say that, and why', async () => {
  const { command, dataFolder, ready, run } = await startIdle()
  // Somebody else's commit has the engine read the file again: what it remembers of it is out of date.
  const other = new DatabaseSync(join(dataFolder, 'blackcore.db'))
  other.exec("INSERT INTO note VALUES ('of somebody else', '1')")
  other.close()
  for (const ending of ['', '-wal']) overwrite(join(dataFolder, `blackcore.db${ending}`))

  const why =
    /the queue's file is damaged \(.+\)\. Check the disk, then stop this program and start it again: a damaged file is set aside, never deleted\.$/
  const ask = async (path: string) => {
    const response = await fetch(`${ready.console}${path}`)
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
  const health = await ask('/health')
  expect(health).toMatchObject({ status: 503, type: expect.stringMatching(/^application\/json/) })
  expect(JSON.parse(health.text)).toEqual({ status: 'degraded', error: expect.stringMatching(why) })
  const page = await ask('/')
  expect(page).toMatchObject({ status: 503, type: 'text/plain; charset=utf-8' })
  expect(page.text).toMatch(/^Blackcore Sync +degraded\n\nWhat is wrong\n- How things stand cannot be read: /)
  expect(page.text.trimEnd()).toMatch(why)
  expect(await ask('/metrics')).toMatchObject({ status: 503 })
  // Asked every few seconds by whoever watches, that would fill the log.
  expect(timesIn(run.stderr(), 'The console cannot tell how things stand')).toBe(1)

  const jobs = await command('jobs', '--state', 'completed')
  expect(jobs).toMatchObject({ code: 2, stdout: '' })
  expect(jobs.stderr.trimEnd()).toMatch(new RegExp(`^This was not done: ${why.source}`))
  const { code, stdout, stderr } = await command('diagnose')
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  expect(stdout).toMatch(/^failed +listener +The Blackcore Sync that runs cannot look at itself\. .*damaged/m)
  expect(stdout).toMatch(/^ok +disk +Files can be written/m)
})
