import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseWritten } from '../../../electron/engine/cache/database-file.ts'
import type { Disk } from '../../../electron/engine/foundation/disk.ts'
import { unflushedDisk } from '../../support/breaking-disk.ts'
import { type CacheStage, newStage } from '../../support/cache-stage.ts'
import { idNumber, TASKS, writeOf } from '../../support/page-builders.ts'

const COUNT = 20_000

/** Puts records into the index without page files; what the database file is made of. */
const fill = (stage: CacheStage): void => {
  const like = writeOf(idNumber(1), 'Page')
  stage.database.transaction(() => {
    stage.cache.catalogue.namesOf(TASKS)
    for (let index = 0; index < COUNT; index += 1) {
      const title = `Page ${index}`
      const change = { ...like, pageId: idNumber(0x10_0000 + index), title, flat: { ...like.flat, Name: title } }
      stage.cache.records.write(change, `${index}.json`)
    }
  })
}

/** Counts the turns of the event loop, and at each text that a file is given how many there were since the last. */
const countedTurns = () => {
  let turns = 0
  let isCounting = true
  let lastAt = 0
  const writes: { readonly turnsBefore: number; readonly records: number }[] = []
  const turn = (): void => {
    turns += 1
    if (isCounting) setImmediate(turn)
  }
  setImmediate(turn)
  const disk: Disk = {
    ...unflushedDisk,
    createFile: async (path) => {
      const file = await unflushedDisk.createFile(path)
      return {
        ...file,
        write: async (text) => {
          writes.push({ turnsBefore: turns - lastAt, records: text.split('"Name"').length - 1 })
          lastAt = turns
          await file.write(text)
        },
      }
    },
  }
  return {
    disk,
    writes,
    turns: () => turns,
    stop: () => {
      isCounting = false
    },
  }
}

test('with 20,000 records everything else gets its turn between any two pieces of the work', async () => {
  const { disk, writes, turns, stop } = countedTurns()
  const stage = await newStage({ disk })
  fill(stage)
  const before = turns()
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  stop()
  const rendering = writes[0]?.turnsBefore ?? 0
  expect(rendering).toBeGreaterThanOrEqual(COUNT / 100)
  expect(Math.max(...writes.map(({ records }) => records))).toBeLessThanOrEqual(200)
  expect(writes.slice(1).filter(({ turnsBefore }) => turnsBefore === 0)).toHaveLength(0)
  expect(turns() - before).toBeGreaterThanOrEqual(COUNT / 100 + COUNT / 200)
  const text = readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8')
  const { Tasks: records } = JSON.parse(text) as { Tasks: { Name: string }[] }
  expect(records.map(({ Name }) => Name)).toEqual(Array.from({ length: COUNT }, (_unused, index) => `Page ${index}`))
})

test('a file shows one state of its records, whatever changes while it is written', async () => {
  const changed: Promise<unknown>[] = []
  const disk: Disk = {
    ...unflushedDisk,
    createFile: async (path) => {
      const file = await unflushedDisk.createFile(path)
      if (!path.endsWith('.database')) return file
      return {
        ...file,
        write: async (text) => {
          const jobId = changed.length + 10
          const at = (jobId * 40) % 1_000
          changed.push(stage.carryOut(writeOf(idNumber(0x10_0000 + at), 'Changed', { revision: 2 })))
          await Promise.all(changed)
          await file.write(text)
        },
      }
    },
  }
  const stage = await newStage({ disk })
  stage.database.transaction(() => {
    for (let index = 0; index < 1_000; index += 1) {
      stage.cache.applier.journal(writeOf(idNumber(0x10_0000 + index), 'Old'))
      stage.cache.records.write(writeOf(idNumber(0x10_0000 + index), 'Old'), `${index}.json`)
    }
  })
  await stage.databaseFiles.write(TASKS)
  expect(changed.length).toBeGreaterThan(5)
  const text = readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8')
  expect(text.split('"Old"')).toHaveLength(1_001)
  expect(text).not.toContain('"Changed"')
  expect(stage.databaseFiles.dirty()).toEqual([TASKS])
})

test('what is noted of a written file is what lies on the disk', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(idNumber(1), 'Plan'))
  await stage.databaseFiles.write(TASKS)
  const path = join(stage.folders.root, 'tasks.json')
  const row = stage.database
    .sql('SELECT file_facts, pending_facts, dirty, written FROM database WHERE id = ?')
    .get<{ file_facts: string; pending_facts: string | null; dirty: number; written: number }>(TASKS)
  const found = statSync(path, { bigint: true })
  expect(parseWritten(row?.file_facts ?? null)).toEqual({
    sizeBytes: Number(found.size),
    modifiedNs: String(found.mtimeNs),
    inode: String(found.ino),
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  })
  expect(row?.pending_facts).toBeNull()
  expect(row?.written).toBe(row?.dirty)
  expect(parseWritten(null)).toBeNull()
})

test('a file that cannot be finished leaves the one of before, and nothing beside it', async () => {
  let isRefusing = false
  const disk: Disk = {
    ...unflushedDisk,
    rename: async (from, to) => {
      if (isRefusing && to.endsWith('tasks.json')) throw new Error('EPERM')
      await unflushedDisk.rename(from, to)
    },
  }
  const stage = await newStage({ disk })
  await stage.carryOut(writeOf(idNumber(1), 'Plan'))
  await stage.databaseFiles.write(TASKS)
  const before = readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8')
  await stage.carryOut(writeOf(idNumber(2), 'Launch'))
  isRefusing = true
  await expect(stage.databaseFiles.write(TASKS)).rejects.toThrow('EPERM')
  expect(readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8')).toBe(before)
  isRefusing = false
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(stage.databaseFiles.dirty()).toEqual([])
})
