import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeWhole } from '../../../electron/engine/foundation/atomic-file.ts'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { createBreakingDisk } from '../../support/breaking-disk.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const CHUNKS = ['{', '"näme": "日本"', '}']

test('the chunks are one file', async () => {
  const path = join(temporaryFolder(), 'a')
  await writeWhole(systemDisk, path, CHUNKS)
  expect(readFileSync(path, 'utf8')).toBe(CHUNKS.join(''))
})

test('a file is flushed after its last byte', async () => {
  const calls: string[] = []
  const disk = createBreakingDisk(systemDisk, (call) => calls.push(call))
  await writeWhole(disk, join(temporaryFolder(), 'a'), CHUNKS)
  expect(calls).toEqual(['createFile', 'write', 'write', 'write', 'flush'])
})

test('whatever call fails, the error reaches the caller and no file is left', async () => {
  const folder = temporaryFolder()
  for (let failing = 1; ; failing += 1) {
    let calls = 0
    const disk = createBreakingDisk(systemDisk, (call) => {
      calls += 1
      if (calls === failing && call !== 'remove') throw new Error(`${call} failed`)
    })
    const result = await writeWhole(disk, join(folder, 'a'), CHUNKS).catch((error: unknown) => error)
    if (calls < failing) {
      expect(failing).toBe(6)
      return
    }
    expect(String(result)).toMatch(/failed$/)
    expect(readdirSync(folder)).toEqual([])
  }
})

test('chunks that break off leave no file, and the file is closed', async () => {
  const folder = temporaryFolder()
  let closed = 0
  const disk = {
    ...systemDisk,
    createFile: async (path: string) => {
      const file = await systemDisk.createFile(path)
      return {
        ...file,
        close: async () => {
          closed += 1
          await file.close()
        },
      }
    },
  }
  const chunks = function* () {
    yield 'half'
    throw new Error('no more')
  }
  await expect(writeWhole(disk, join(folder, 'a'), chunks())).rejects.toThrow('no more')
  expect(readdirSync(folder)).toEqual([])
  expect(closed).toBe(1)
})

test('the error of the writing is told, not that of clearing up', async () => {
  const disk = createBreakingDisk(systemDisk, (call) => {
    if (call === 'flush' || call === 'remove') throw new Error(`${call} failed`)
  })
  await expect(writeWhole(disk, join(temporaryFolder(), 'a'), CHUNKS)).rejects.toThrow('flush failed')
})
