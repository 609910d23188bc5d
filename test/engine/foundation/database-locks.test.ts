import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isFileLocked, takeFileLock } from '../../../electron/engine/foundation/database.ts'
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
    const source = new URL('../../../electron/engine/foundation/database.ts', import.meta.url).href
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
