import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  againWhileHeldOpen,
  createSystemDisk,
  type Disk,
  readTextNow,
  systemDisk,
} from '../../../electron/engine/foundation/disk.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('what is missing has no facts, no names, and is removed without complaint', async () => {
  const nowhere = join(temporaryFolder(), 'nowhere')
  expect(await systemDisk.facts(nowhere)).toBeNull()
  expect(await systemDisk.list(nowhere)).toEqual([])
  await systemDisk.remove(nowhere)
  await expect(systemDisk.readText(nowhere)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(systemDisk.flushFolder(nowhere)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('facts stay the same over a rename, and tell a rewritten file from the one before', async () => {
  const folder = temporaryFolder()
  const [from, to] = [join(folder, 'a'), join(folder, 'b')]
  writeFileSync(from, 'text')
  const before = await systemDisk.facts(from)
  await systemDisk.rename(from, to)
  expect(await systemDisk.facts(to)).toEqual(before)
  writeFileSync(join(folder, 'c'), 'text')
  await systemDisk.rename(join(folder, 'c'), to)
  expect(await systemDisk.facts(to)).not.toEqual(before)
})

test('a folder is made with its parents, may exist, and goes with all that is in it', async () => {
  const folder = temporaryFolder()
  const deep = join(folder, 'a', 'b')
  await systemDisk.makeFolder(deep)
  await systemDisk.makeFolder(deep)
  writeFileSync(join(deep, 'file'), '')
  await systemDisk.flushFolder(deep)
  expect(await systemDisk.list(deep)).toEqual(['file'])
  await systemDisk.remove(join(folder, 'a'))
  expect(await systemDisk.list(folder)).toEqual([])
})

test('a file is created anew, whatever was there', async () => {
  const path = join(temporaryFolder(), 'a')
  writeFileSync(path, 'something longer than what comes')
  const file = await systemDisk.createFile(path)
  await file.write('ä')
  await file.write('日')
  await file.flush()
  await file.close()
  expect(readFileSync(path, 'utf8')).toBe('ä日')
  expect(await systemDisk.readText(path)).toBe(readTextNow(path))
})

test('a file that another writes can be flushed, and closed while a flush is under way', async () => {
  const path = join(temporaryFolder(), 'log')
  writeFileSync(path, 'first')
  const flusher = systemDisk.openFlusher(path)
  await flusher.flush()
  appendFileSync(path, ', second')
  const flushing = flusher.flush()
  flusher.close()
  await flushing
  expect(readTextNow(path)).toBe('first, second')
  await expect(flusher.flush()).rejects.toThrow('not held open')
  expect(() => systemDisk.openFlusher(join(path, 'nowhere'))).toThrow('ENOTDIR')
})

test('a private file can be read by this user alone, whatever lay there before, and no trace of the making stays', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'secret.json')
  writeFileSync(path, 'public', { mode: 0o644 })
  writeFileSync(`${path}.new`, 'left by a crash', { mode: 0o644 })
  await systemDisk.writePrivate(path, 'private')
  expect(readFileSync(path, 'utf8')).toBe('private')
  expect(await systemDisk.list(folder)).toEqual(['secret.json'])
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})

describe('a rename onto a file that another program holds open', () => {
  const refused = (code: string): Error => Object.assign(new Error(`${code}: no`), { code })

  /** Renames that are refused so many times with this code, and how long was waited in between. */
  const run = async (code: string, refusals: number) => {
    const waits: number[] = []
    let calls = 0
    const ended = againWhileHeldOpen(
      () => {
        calls += 1
        return calls <= refusals ? Promise.reject(refused(code)) : Promise.resolve()
      },
      (delayMs) => {
        waits.push(delayMs)
        return Promise.resolve()
      },
    )
    const failure = await ended.then(
      () => null,
      (error: unknown) => error,
    )
    return { calls, waits, failure }
  }

  test.each(['EPERM', 'EBUSY', 'EACCES'])('is tried again until that one lets go (%s)', async (code) => {
    expect(await run(code, 3)).toEqual({ calls: 4, waits: [20, 50, 100], failure: null })
  })

  test('fails within two seconds when it does not, with what was said at last', async () => {
    const { calls, waits, failure } = await run('EBUSY', Number.POSITIVE_INFINITY)
    expect(failure).toMatchObject({ code: 'EBUSY' })
    expect(calls).toBe(waits.length + 1)
    const totalMs = waits.reduce((sum, ms) => sum + ms, 0)
    expect(totalMs).toBeGreaterThanOrEqual(1_000)
    expect(totalMs).toBeLessThan(2_000)
  })

  test.each(['ENOENT', 'ENOSPC', 'EXDEV'])('that fails for another reason fails at once (%s)', async (code) => {
    expect(await run(code, 1)).toMatchObject({ calls: 1, waits: [], failure: { code } })
  })
})

describe('a file that is put in place where another program holds it open', () => {
  /** Renames are refused so many times, as Windows refuses them. */
  const diskRefusing = (times: number) => {
    const waits: number[] = []
    let calls = 0
    const disk = createSystemDisk({
      rename: (from, to) => {
        calls += 1
        return calls <= times ? Promise.reject(Object.assign(new Error('held'), { code: 'EPERM' })) : rename(from, to)
      },
      sleep: (delayMs) => {
        waits.push(delayMs)
        return Promise.resolve()
      },
    })
    return { disk, waits }
  }

  test.each<[string, string | null, (disk: Disk, path: string) => Promise<unknown>]>([
    ['renamed', 'before', (disk, path) => disk.rename(`${path}.other`, path)],
    ['private', 'before', (disk, path) => disk.writePrivate(path, 'now')],
    ['new and private', null, (disk, path) => disk.createPrivate(path, new TextEncoder().encode('now'))],
  ])('waits until that one lets go, and else leaves what was there and nothing beside it: %s', async (_, old, put) => {
    for (const times of [3, Number.POSITIVE_INFINITY]) {
      const folder = temporaryFolder()
      const path = join(folder, 'a')
      if (old !== null) writeFileSync(path, old)
      const { disk, waits } = diskRefusing(times)
      writeFileSync(`${path}.other`, 'now')
      const ended = put(disk, path)
      if (times === 3) {
        await ended
        expect(waits).toEqual([20, 50, 100])
        expect(readFileSync(path, 'utf8')).toBe('now')
      } else {
        await expect(ended).rejects.toMatchObject({ code: 'EPERM' })
        expect(waits).toHaveLength(6)
        if (old !== null) expect(readFileSync(path, 'utf8')).toBe(old)
        expect(await disk.list(folder)).toEqual(old === null ? ['a.other'] : ['a', 'a.other'])
      }
    }
  })
})

describe('a new private file', () => {
  const bytes = new Uint8Array([0, 1, 255])

  test('is this user’s alone, whole, and nothing else is left beside it', async () => {
    const folder = temporaryFolder()
    expect(await systemDisk.createPrivate(join(folder, 'a.zip'), bytes)).toBe(true)
    expect(new Uint8Array(readFileSync(join(folder, 'a.zip')))).toEqual(bytes)
    if (process.platform !== 'win32') expect(statSync(join(folder, 'a.zip')).mode & 0o777).toBe(0o600)
    expect(await systemDisk.list(folder)).toEqual(['a.zip'])
  })

  test('takes the place of nothing, whatever has the name or one like it', async () => {
    const folder = temporaryFolder()
    const taken = join(folder, 'a.zip')
    writeFileSync(taken, 'mine')
    writeFileSync(`${taken}.new`, 'mine too')
    expect(await systemDisk.createPrivate(taken, bytes)).toBe(false)
    expect(await systemDisk.createPrivate(folder, bytes)).toBe(false)
    expect([readFileSync(taken, 'utf8'), readFileSync(`${taken}.new`, 'utf8')]).toEqual(['mine', 'mine too'])
    await expect(systemDisk.createPrivate(join(folder, 'nowhere', 'a.zip'), bytes)).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})

test('the free space of a folder is a number of bytes; of none there is none', async () => {
  const folder = temporaryFolder()
  expect(await systemDisk.freeBytes(folder)).toBeGreaterThan(0)
  await expect(systemDisk.freeBytes(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' })
})
