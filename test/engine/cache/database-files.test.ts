import { cpSync, existsSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { createBreakingCommits } from '../../support/breaking-commits.ts'
import { createBreakingDisk, isChange, unflushedDisk } from '../../support/breaking-disk.ts'
import { type CacheStage, newStage, openStage, type StageOptions } from '../../support/cache-stage.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { idNumber, removeOf, TASKS, writeOf } from '../../support/page-builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const [PLAN, ANNA] = [idNumber(1), idNumber(2)]

const pathIn = (stage: CacheStage): string => join(stage.folders.root, 'tasks.json')

const textIn = (stage: CacheStage): string => readFileSync(pathIn(stage), 'utf8')

const namesIn = (stage: CacheStage): readonly unknown[] =>
  (JSON.parse(textIn(stage)) as { Tasks: { Name: string }[] }).Tasks.map((record) => record.Name)

/** A stage whose file of Tasks shows one record. */
const writtenStage = async (options: StageOptions = {}) => {
  const stage = await newStage(options)
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  return stage
}

test('a file has one key, two spaces a level, non-ASCII raw and no newline at its end', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(PLAN, 'Zürich “日本”', { related: [ANNA] }))
  await stage.carryOut(writeOf(ANNA, 'Zwei', {}))
  await stage.databaseFiles.write(TASKS)
  const own = (id: string) => ({
    id: `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`,
    url: `https://app.notion.com/p/${id}`,
    created_time: '2026-11-01T08:00:00.000Z',
    last_edited_time: '2026-11-02T09:30:00.000Z',
  })
  const expected = {
    Tasks: [
      { Name: 'Zürich “日本”', Related: ['Zwei'], ...own(PLAN) },
      { Name: 'Zwei', ...own(ANNA) },
    ],
  }
  expect(textIn(stage)).toBe(JSON.stringify(expected, null, 2))
  expect(filesBelow(stage.folders.root).filter((name) => !name.startsWith('pages/'))).toEqual(['tasks.json'])
})

test('a database without records is a file with an empty list', async () => {
  const stage = await writtenStage()
  await stage.carryOut(removeOf(PLAN, 1))
  await stage.databaseFiles.write(TASKS)
  expect(textIn(stage)).toBe('{\n  "Tasks": []\n}')
})

test.each([1, 199, 200, 201, 450])('%i records are all in it, in the order of their coming', async (count) => {
  const stage = await newStage()
  await stage.commits.run(() => {
    stage.cache.catalogue.namesOf(TASKS)
    for (let index = 0; index < count; index += 1) {
      stage.cache.records.write(writeOf(idNumber(0x1000 + index), `Page ${index}`), `${index}.json`)
    }
  })
  await stage.databaseFiles.write(TASKS)
  expect(namesIn(stage)).toEqual(Array.from({ length: count }, (_unused, index) => `Page ${index}`))
  expect(textIn(stage)).toBe(JSON.stringify(JSON.parse(textIn(stage)), null, 2))
})

test('a database is due from a change until its file shows it', async () => {
  const stage = await newStage()
  expect(stage.databaseFiles.dirty()).toEqual([])
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  expect(stage.databaseFiles.dirty()).toEqual([TASKS])
  await stage.databaseFiles.write(TASKS)
  expect(stage.databaseFiles.dirty()).toEqual([])
  await stage.carryOut(removeOf(PLAN, 1))
  expect(stage.databaseFiles.dirty()).toEqual([TASKS])
})

test('a change that comes while a file is written makes it due again', async () => {
  const changes: Promise<unknown>[] = []
  const disk = createBreakingDisk(systemDisk, (call, path) => {
    if (call !== 'createFile' || !path.endsWith('.database') || changes.length > 0) return
    changes.push(stage.carryOut(writeOf(ANNA, 'Late')))
  })
  const stage = await newStage({ disk })
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  await stage.databaseFiles.write(TASKS)
  expect(await Promise.all(changes)).toHaveLength(1)
  expect(namesIn(stage)).toEqual(['Plan'])
  expect(stage.databaseFiles.dirty()).toEqual([TASKS])
  await stage.databaseFiles.write(TASKS)
  expect(namesIn(stage)).toEqual(['Plan', 'Late'])
})

describe('a stranger’s file', () => {
  test('is left untouched and reported, however often', async () => {
    const stage = await newStage()
    writeFileSync(pathIn(stage), '{"Tasks": [{"Name": "by hand"}]}')
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(textIn(stage)).toBe('{"Tasks": [{"Name": "by hand"}]}')
    expect(stage.databaseFiles.dirty()).toEqual([TASKS])
    expect(filesBelow(stage.folders.temporary)).toEqual([])
  })

  test('is read once, and again only after it changed', async () => {
    const read: string[] = []
    const disk = createBreakingDisk(systemDisk, (call, path) => {
      if (call === 'readText') read.push(path)
    })
    const stage = await newStage({ disk })
    writeFileSync(pathIn(stage), '{}')
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    for (let round = 0; round < 3; round += 1) await stage.databaseFiles.write(TASKS)
    expect(read).toHaveLength(1)
    writeFileSync(pathIn(stage), '{"more": []}')
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(read).toHaveLength(2)
  })

  test('is what a file of ours becomes when a person changes it', async () => {
    const stage = await writtenStage()
    const edited = textIn(stage).replace('"Plan"', '"Mine"')
    writeFileSync(pathIn(stage), edited)
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(textIn(stage)).toBe(edited)
  })

  test('is what a file of ours becomes when a person saves it while the next version is made', async () => {
    let isSaving = false
    const disk = createBreakingDisk(systemDisk, (call, path) => {
      if (isSaving && call === 'flush' && path.endsWith('.database')) writeFileSync(pathIn(stage), '{"saved": []}')
    })
    const stage = await writtenStage({ disk })
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    isSaving = true
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(textIn(stage)).toBe('{"saved": []}')
    expect(filesBelow(stage.folders.temporary)).toEqual([])
    expect(stage.databaseFiles.dirty()).toEqual([TASKS])
  })

  test('gives its place free when it is moved away', async () => {
    const stage = await newStage()
    writeFileSync(pathIn(stage), '{}')
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    await stage.databaseFiles.write(TASKS)
    renameSync(pathIn(stage), join(stage.folder, 'kept'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(namesIn(stage)).toEqual(['Plan'])
  })
})

describe('a file of ours', () => {
  test('is written anew where a person deleted it', async () => {
    const stage = await writtenStage()
    rmSync(pathIn(stage))
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(namesIn(stage)).toEqual(['Plan', 'Anna'])
  })

  test('is still ours after it was copied away and back, or touched', async () => {
    const stage = await writtenStage()
    cpSync(pathIn(stage), join(stage.folder, 'copy'))
    rmSync(pathIn(stage))
    cpSync(join(stage.folder, 'copy'), pathIn(stage))
    utimesSync(pathIn(stage), 1, 1)
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  })

  test('is still ours after a restart', async () => {
    const before = await writtenStage()
    before.close()
    const stage = await openStage(before.folder)
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  })

  /** Writes as a process that ends before one of its changes; gives what it was about to do, null at the end. */
  const writeUntil = async (folder: string, isEnd: (change: string, count: number) => boolean) => {
    let count = Number.NEGATIVE_INFINITY
    const ends: string[] = []
    const step = (change: string): void => {
      count += 1
      if (ends.length > 0 || isEnd(change, count)) {
        ends.push(change)
        throw new Error('crash')
      }
    }
    const stage = await openStage(folder, {
      disk: createBreakingDisk(unflushedDisk, (call) => {
        if (isChange(call)) step(call)
      }),
      wrapCommits: (commits) =>
        createBreakingCommits(commits, () => {
          step('commit')
        }),
    })
    count = 0
    const outcome = await stage.databaseFiles.write(TASKS).catch(() => 'crash')
    const [endedAt] = ends
    expect(outcome).toBe(endedAt === undefined ? 'written' : 'crash')
    expect(namesIn(stage)[0]).toBe('Plan')
    expect(stage.databaseFiles.dirty()).toEqual(endedAt === undefined ? [] : [TASKS])
    stage.close()
    return endedAt ?? null
  }

  test.each([
    ['one crash', null],
    ['one crash and another one before its place is taken', 'rename'],
    ['one crash and another one before the folder is flushed', 'flushFolder'],
  ])('is ours, whole, and due until it shows all, after %s between any two steps', async (_what, then) => {
    const start = await writtenStage()
    await start.carryOut(writeOf(ANNA, 'Anna'))
    start.close()
    const steps: string[] = []
    for (let first = 1; ; first += 1) {
      const folder = temporaryFolder()
      cpSync(start.folder, folder, { recursive: true })
      const endedAt = await writeUntil(folder, (_change, count) => count >= first)
      if (endedAt === null) break
      steps.push(endedAt)
      const between = await openStage(folder)
      await between.carryOut(writeOf(ANNA, 'Anne', { revision: 2 }))
      between.close()
      if (then !== null) expect(await writeUntil(folder, (change) => change === then)).toBe(then)
      expect(await writeUntil(folder, () => false)).toBeNull()
      const stage = await openStage(folder)
      expect(namesIn(stage)).toEqual(['Plan', 'Anne'])
      stage.close()
    }
    expect(steps.slice(-5)).toEqual(['flush', 'commit', 'rename', 'flushFolder', 'commit'])
  })
})

test('a database that has no name yet has no file', async () => {
  const stage = await newStage()
  await expect(stage.databaseFiles.write(TASKS)).rejects.toThrow('has no file name')
  await expect(stage.databaseFiles.write(PLAN)).rejects.toThrow('not in the catalogue')
  expect(existsSync(pathIn(stage))).toBe(false)
})
