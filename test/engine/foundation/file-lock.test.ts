import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isFileLocked, lookAtLock, takeFileLock } from '../../../electron/engine/foundation/file-lock.ts'
import { StartError } from '../../../electron/engine/foundation/errors.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('file locks', () => {
  test('a second taker within the process is refused until the first lets go', () => {
    const path = join(temporaryFolder(), 'lock')
    const first = takeFileLock(path)
    expect(first).not.toBeNull()
    expect(takeFileLock(path)).toBeNull()
    expect(takeFileLock(path)).toBeNull()
    first?.release()
    const again = takeFileLock(path)
    expect(again).not.toBeNull()
    again?.release()
  })

  test('whether one is held is seen without a trace, by this process and for every other one', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'lock')
    expect(isFileLocked(path)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
    const lock = takeFileLock(path)
    expect(isFileLocked(path)).toBe(true)
    // Looking at it takes it from nobody.
    expect(takeFileLock(path)).toBeNull()
    lock?.release()
    expect(isFileLocked(path)).toBe(false)
  })

  test('two locks in one folder do not touch each other', () => {
    const folder = temporaryFolder()
    const locks = [takeFileLock(join(folder, 'a')), takeFileLock(join(folder, 'b'))]
    expect(locks).not.toContain(null)
    for (const lock of locks) lock?.release()
  })

  test('a lock is refused while another process holds it, and free at once when that one is killed', async () => {
    const path = join(temporaryFolder(), 'lock')
    const source = new URL('../../../electron/engine/foundation/file-lock.ts', import.meta.url).href
    const script = `
      const { takeFileLock } = await import(${JSON.stringify(source)})
      globalThis.held = takeFileLock(${JSON.stringify(path)})
      process.stdout.write(held === null ? 'refused' : 'held')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    expect(said.toString()).toBe('held')
    expect(takeFileLock(path)).toBeNull()
    child.kill('SIGKILL')
    await ended
    const taken = takeFileLock(path)
    expect(taken).not.toBeNull()
    taken?.release()
  })
})

const SOURCE = new URL('../../../electron/engine/foundation/file-lock.ts', import.meta.url).href
const NOBODY = 65_534

/** What taking the lock twice, and looking at it, comes to for a user who has no rights beyond those of the file. */
const askedByOthers = async (path: string): Promise<unknown> => {
  const script = `
    const { lookAtLock, takeFileLock } = await import(${JSON.stringify(SOURCE)})
    const path = ${JSON.stringify(path)}
    const told = (act) => {
      try {
        return act() === null ? 'refused' : 'taken'
      } catch (error) {
        return error.message
      }
    }
    const state = lookAtLock(path)
    const asked = [state.error?.message ?? state.kind, told(() => takeFileLock(path)), told(() => takeFileLock(path))]
    process.stdout.write(JSON.stringify(asked))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Nothing is refused to root.
    ...(process.getuid?.() === 0 ? { uid: NOBODY } : {}),
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await once(child, 'close')
  return JSON.parse(said)
}

const sentence = (path: string, reason: string): string =>
  `The lock file ${path} cannot be used: ${reason}. Move it away while no Blackcore Sync runs with that folder, then start.`

describe('a file that cannot be a lock', () => {
  test.each([
    ['a folder', null, 'it is a folder'],
    ['something else', '{}', 'it holds something else'],
  ])('is told by everybody who asks, with what to do: %s', (_, text, reason) => {
    const path = join(temporaryFolder(), 'lock')
    if (text === null) mkdirSync(path)
    else writeFileSync(path, text)
    expect(lookAtLock(path)).toMatchObject({ kind: 'unusable', error: { message: sentence(path, reason) } })
    for (const ask of [takeFileLock, isFileLocked]) {
      expect(() => ask(path)).toThrow(StartError)
      expect(() => ask(path)).toThrow(sentence(path, reason))
    }
  })

  // To a file that can only be read, SQLite lets everybody have its exclusive lock.
  test.runIf(process.platform !== 'win32')('is one that this user may not write to, or not even read', async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o777)
    const path = join(folder, 'lock')
    writeFileSync(path, '')
    const refused = sentence(path, 'this user may not read and write it')
    for (const mode of [0o444, 0o000]) {
      chmodSync(path, mode)
      expect(await askedByOthers(path)).toEqual([refused, refused, refused])
    }
    chmodSync(path, 0o666)
    expect(await askedByOthers(path)).toEqual(['free', 'taken', 'refused'])
  })

  test('is none yet where its folder is none: whoever would make that one tells of it', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(isFileLocked(join(file, 'lock'))).toBe(false)
  })

  test('is not one that another holds, whatever rights there are', () => {
    const path = join(temporaryFolder(), 'lock')
    const lock = takeFileLock(path)
    chmodSync(path, 0o444)
    expect([lookAtLock(path), takeFileLock(path)]).toEqual([{ kind: 'held' }, null])
    lock?.release()
  })
})
