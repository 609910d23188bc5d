import { createServer } from 'node:http'
import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  ANSWER_LIMIT_MS,
  connectConsole,
  findEngine,
  HangingEngineError,
  NoEngineError,
} from '../../electron/console/client.ts'
import { readTextNow } from '../../electron/engine/engine.ts'
import { takeFileLock } from '../../electron/engine/foundation/file-lock.ts'
import type { Selection } from '../../shared/bridge.ts'
import { IDLE_ANSWER_MS } from '../../electron/engine/queue/calls.ts'
import { answering, startAnsweringServer } from '../support/answering-server.ts'
import { dataFolderWith, lockedFolderWith, startConsoleOn, TOKEN } from '../support/data-folder.ts'
import { freePort } from '../support/taken-port.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const connect = (folder: string) => connectConsole(folder, readTextNow)

const refusalOf = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work()
  } catch (error) {
    return error
  }
}

/** Another program that listens where an engine did. */
const strangerAt = async (status: number, body: string): Promise<string> => {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

test('a call reaches the engine of the data folder, and gives what it answers', async () => {
  const asked: Selection[] = []
  const { folder } = await startConsoleOn({
    retry: (selection) => {
      asked.push(selection)
      return Promise.resolve({ retried: 7 })
    },
  })
  const call = connect(folder)
  expect(await call('retry', { database: 'Tâches “1”' })).toEqual({ retried: 7 })
  expect(asked).toEqual([{ database: 'Tâches “1”' }])
  expect(await call('jobs', { states: ['failed'] })).toEqual({ jobs: [], next: null })
})

describe('where no engine runs', () => {
  const nobody = (folder: string): string => `No Blackcore Sync is running with the data folder ${folder}.`

  test('a data folder without a console file says so, and one that is not there', async () => {
    for (const folder of [temporaryFolder(), join(temporaryFolder(), 'nowhere')]) {
      const refusal = await refusalOf(() => connect(folder))
      expect(refusal).toBeInstanceOf(NoEngineError)
      expect(refusal).toMatchObject({ message: nobody(folder) })
    }
  })

  test.each([
    ['nothing', ''],
    ['half a file', '{"url":"http://127.0.0.1:1","tok'],
    ['no address', { url: 'here', token: TOKEN, pid: 1 }],
    ['no token', { url: 'http://127.0.0.1:1', pid: 1 }],
    ['a token that is none', { url: 'http://127.0.0.1:1', token: '', pid: 1 }],
  ])('a console file that holds %s says so', async (_, file) => {
    const folder = dataFolderWith(file)
    expect(await refusalOf(() => connect(folder))).toMatchObject({ name: 'NoEngineError', message: nobody(folder) })
  })

  test('a console file that a killed engine left says so', async () => {
    const folder = dataFolderWith({ url: `http://127.0.0.1:${await freePort()}`, token: TOKEN, pid: 1 })
    expect(await refusalOf(() => connect(folder)('jobs', {}))).toMatchObject({
      name: 'NoEngineError',
      message: nobody(folder),
    })
  })

  test('another program that has its port is sent nothing, however well it answers, and nothing is made', async () => {
    const pairing = { until: null, tokens: [], isPaired: false, confirmed: null }
    const { url, asked } = await startAnsweringServer(answering(200, pairing))
    const folder = dataFolderWith({ url, token: TOKEN, pid: 1 })
    const never = lockedFolderWith({ url, token: TOKEN, pid: 1 })
    expect(await findEngine(never, readTextNow)).not.toBeNull()
    expect(asked).toEqual(['/calls/pairing'])
    expect(await findEngine(folder, readTextNow)).toBeNull()
    expect(await refusalOf(() => connect(folder)('confirm-pairing', { token: 'a-secret' }))).toMatchObject({
      name: 'NoEngineError',
      message: nobody(folder),
    })
    expect(asked).toHaveLength(1)
    expect(readdirSync(folder)).toEqual(['console.json'])
  })

  test('an engine that was killed between two calls is not taken for the one that has its port', async () => {
    const { url, folder } = await startConsoleOn({})
    const own = dataFolderWith({ url, token: TOKEN, pid: 1 })
    const lock = takeFileLock(join(own, 'engine.lock'))
    const call = connect(own)
    expect(await call('resume', {})).toEqual({ paused: false })
    lock?.release()
    expect(await refusalOf(() => call('resume', {}))).toMatchObject({ message: nobody(own) })
    expect(await connect(folder)('resume', {})).toEqual({ paused: false })
  })

  test('an engine that stops while it is waited for says so', async () => {
    const asked = Promise.withResolvers<undefined>()
    const { folder, stop } = await startConsoleOn({
      'wait-idle': () => {
        asked.resolve(undefined)
        return Promise.withResolvers<{ idle: boolean; unwritten: string[] }>().promise
      },
    })
    const refusal = refusalOf(() => connect(folder)('wait-idle', {}))
    await asked.promise
    await stop()
    expect(await refusal).toMatchObject({ name: 'NoEngineError', message: nobody(folder) })
  })
})

describe('where an engine hangs', () => {
  const limit = new DOMException('The time limit is over', 'TimeoutError')

  test.each(['before it answers', 'in the middle of its answer'])('%s, that is told, and what to do', async (when) => {
    const ending = new AbortController()
    const { url } = await startAnsweringServer((response) => {
      if (when === 'before it answers') ending.abort(limit)
      else {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write('{"paused":', () => {
          ending.abort(limit)
        })
      }
    })
    const folder = lockedFolderWith({ url, token: TOKEN, pid: 1 })
    const call = connectConsole(folder, readTextNow, () => ending.signal)
    expect(await refusalOf(() => call('resume', {}))).toMatchObject({
      name: 'HangingEngineError',
      message: `The Blackcore Sync that runs with the data folder ${folder} does not answer. Whether it does what was asked is not known: look with "jobs", or stop it and start it again.`,
    })
  })

  test('the limit is longer than an engine holds a call that waits', () => {
    expect(ANSWER_LIMIT_MS).toBeGreaterThan(IDLE_ANSWER_MS)
  })
})

describe('where the engine cannot do it', () => {
  test('its reason is told, and it is found as one that runs', async () => {
    const full = () => Promise.reject(Object.assign(new Error('it is full'), { code: 'ENOSPC' }))
    const { folder } = await startConsoleOn({ pause: full, pairing: full })
    const refusal = {
      name: 'RefusedCallError',
      message: 'This was not done: the disk refuses (it is full). Check its space and its permissions, then try again.',
    }
    expect(await refusalOf(() => connect(folder)('pause', { for_ms: null }))).toMatchObject(refusal)
    expect(await refusalOf(() => findEngine(folder, readTextNow))).toMatchObject(refusal)
  })

  test.each([
    [500, '<h1>Error</h1>'],
    [503, '{"error":""}'],
    [404, '{"error":"There is no such call."}'],
  ])('what gives no reason in our words is told by its number: %i %s', async (status, body) => {
    const url = await strangerAt(status, body)
    const folder = lockedFolderWith({ url, token: TOKEN, pid: 1 })
    expect(await refusalOf(() => connect(folder)('jobs', {}))).toMatchObject({
      name: 'NoEngineError',
      message: `What answers at ${url} refuses the command (${status}).`,
    })
  })
})

describe('where another answers', () => {
  test('an engine that does not know the token refuses', async () => {
    const { url, folder } = await startConsoleOn({}, { token: TOKEN.toUpperCase() })
    expect(await refusalOf(() => connect(folder)('jobs', {}))).toMatchObject({
      name: 'NoEngineError',
      message: `What answers at ${url} refuses the command (401).`,
    })
  })

  test.each([
    [404, '<h1>Not found</h1>', 'refuses the command (404)'],
    [200, '<h1>Welcome</h1>', 'is no Blackcore Sync of this version'],
    [200, '{"jobs":[{"id":"one"}]}', 'is no Blackcore Sync of this version'],
  ])('a program that has taken the port since is told apart: %i %s', async (status, body, expected) => {
    const url = await strangerAt(status, body)
    const folder = lockedFolderWith({ url, token: TOKEN, pid: 1 })
    expect(await refusalOf(() => connect(folder)('jobs', {}))).toMatchObject({
      name: 'NoEngineError',
      message: `What answers at ${url} ${expected}.`,
    })
  })
})

describe('with a limit', () => {
  test('an engine that does not answer in time is told as one that runs', async () => {
    const { folder } = await startConsoleOn({ pairing: () => Promise.withResolvers<never>().promise })
    await expect(findEngine(folder, readTextNow, () => AbortSignal.timeout(50))).rejects.toThrow(HangingEngineError)
  })

  test('an engine is found where one runs, and none where none does', async () => {
    const { folder } = await startConsoleOn({})
    const call = await findEngine(folder, readTextNow)
    expect(await call?.('jobs', {})).toEqual({ jobs: [], next: null })
    expect(await findEngine(temporaryFolder(), readTextNow)).toBeNull()
  })
})
