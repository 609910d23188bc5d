import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEngineProcess } from '../support/engine-process.ts'
import { healthAt, runProgram } from '../support/program-run.ts'
import { madeSecret, writeSettings } from '../support/settings-file.ts'
import { freePort } from '../support/taken-port.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Settings with fixed ports: whoever touched them first would speak of a port, not of a folder. */
const settings = async (folder: string) => {
  mkdirSync(folder, { recursive: true })
  return writeSettings(folder, `http://127.0.0.1:${await freePort()}`, {
    webhook: { secret: madeSecret(), listen: { port: await freePort() } },
    console: { port: await freePort() },
  })
}

const second = async (config: string, data: string) => {
  const run = runProgram('headless', ['--config', config, '--data', data])
  const ended = await run.ended
  return { ended, stdout: run.stdout(), sentence: run.stderr() }
}

const runningWith = (folder: string) => ({
  ended: { code: 3, signal: null },
  stdout: '',
  sentence: `Another Blackcore Sync is running with the folder ${folder}. Stop it first, or give this one folders of its own.\n`,
})

test('a second engine with the same data folder or the same cache folder ends with 3, before any port is touched', async () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const { file, cacheFolder } = await settings(folder)
  const { ready } = await startEngineProcess(file, data)
  expect(await second(file, data)).toEqual(runningWith(data))
  expect(await second(file, join(folder, 'other-data'))).toEqual(runningWith(cacheFolder))
  const elsewhere = await settings(join(folder, 'elsewhere'))
  expect(await second(elsewhere.file, data)).toEqual(runningWith(data))
  // The first is none the worse for it, and what the others took is free again.
  expect((await healthAt(ready.console)).queue_size).toBe(0)
  const { run } = await startEngineProcess(elsewhere.file, join(folder, 'other-data'))
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
})

test('the locks that a killed engine left are taken over at once', async () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const { file } = await settings(folder)
  const { run, ready } = await startEngineProcess(file, data)
  run.kill('SIGKILL')
  await run.ended
  const again = await startEngineProcess(file, data)
  expect({ ...again.ready, pid: 0 }).toEqual({ ...ready, pid: 0 })
  expect(again.ready.pid).not.toBe(ready.pid)
})
