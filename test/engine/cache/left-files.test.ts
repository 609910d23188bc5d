import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createBreakingCommits } from '../../support/breaking-commits.ts'
import { createBreakingDisk, isChange, unflushedDisk } from '../../support/breaking-disk.ts'
import { type CacheStage, newStage, openStage, type StageOptions } from '../../support/cache-stage.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { idNumber, PEOPLE, sourceFacts, TASKS, writeOf } from '../../support/page-builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const [PLAN, ANNA] = [idNumber(1), idNumber(2)]

const WATCHED = [TASKS, PEOPLE]

const learn = (stage: CacheStage, title = 'Tasks'): Promise<unknown> =>
  stage.commits.run(() => stage.cache.catalogue.learn([sourceFacts(TASKS, title), sourceFacts(PEOPLE, 'People')]))

/** A folder with the file of Tasks, which has one page; its index is gone. */
const folderWithoutIndex = async (): Promise<string> => {
  const stage = await newStage({ watched: WATCHED, disk: unflushedDisk })
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  await stage.databaseFiles.write(TASKS)
  stage.close()
  for (const name of readdirSync(stage.folder)) if (name.startsWith('index.db')) rmSync(join(stage.folder, name))
  return stage.folder
}

/** A new index over it that knows the databases. */
const begunAnew = async (folder: string, title?: string, options: StageOptions = {}): Promise<CacheStage> => {
  const stage = await openStage(folder, { watched: WATCHED, disk: unflushedDisk, ...options })
  await learn(stage, title)
  return stage
}

const pathIn = (folder: string, name = 'tasks.json'): string => join(folder, 'cache', name)

const filesIn = (folder: string): readonly string[] =>
  filesBelow(join(folder, 'cache'))
    .filter((name) => !name.startsWith('.tmp/'))
    .map((name) => name.replace(/\(of \d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z/, '(of TIME'))

const namesIn = (folder: string): readonly unknown[] =>
  (JSON.parse(readFileSync(pathIn(folder), 'utf8')) as { Tasks: { Name: string }[] }).Tasks.map(({ Name }) => Name)

const PAGE = 'pages/Tasks/Plan (00000001).json'

test('an index that is new in a new folder was not begun anew, nor is one that knows its folder', async () => {
  const first = await newStage()
  expect(first.cache.folder).toBe('new')
  await first.carryOut(writeOf(PLAN, 'Plan'))
  first.close()
  expect((await openStage(first.folder)).cache.folder).toBe('known')
})

test.each(['new', 'begun anew', 'other'] as const)(
  'a folder that is %s is so at each start until that is settled',
  async (kind) => {
    const folder = kind === 'new' ? temporaryFolder() : await folderWithoutIndex()
    if (kind === 'other') {
      const stage = await begunAnew(folder)
      stage.database.sql('UPDATE cache_folder SET path = ?').run('/elsewhere')
      stage.close()
    }
    for (let start = 0; start < 2; start += 1) {
      const stage = await openStage(folder, { isSettled: false })
      expect(stage.cache.folder).toBe(kind)
      stage.close()
    }
    const settled = await openStage(folder)
    expect(settled.cache.folder).toBe(kind)
    settled.close()
    expect((await openStage(folder)).cache.folder).toBe('known')
  },
)

describe('the database file that an index which is lost has written', () => {
  test('lies in the trash as it was when the new one is in its place, and a person is told', async () => {
    const folder = await folderWithoutIndex()
    const text = readFileSync(pathIn(folder))
    const modified = new Date(Date.UTC(2026, 4, 6, 7, 8, 9, 500))
    utimesSync(pathIn(folder), modified, modified)
    const stage = await begunAnew(folder)
    expect(stage.cache.folder).toBe('begun anew')
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(namesIn(folder)).toEqual(['Anna'])
    const movedTo = pathIn(folder, '.trash/tasks (of 2026-05-06T07-08-09.500Z).json')
    expect(readFileSync(movedTo)).toEqual(text)
    expect(stage.log.lines).toMatchObject([
      { level: 'warn', fields: { folder: stage.folders.root } },
      { level: 'warn', fields: { file: pathIn(folder), movedTo } },
    ])
    await stage.carryOut(writeOf(ANNA, 'Anne', { revision: 2 }))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(readdirSync(stage.folders.trash)).toHaveLength(1)
  })

  test('is still known after restarts, and until its database has something to show stays where it is', async () => {
    const folder = await folderWithoutIndex()
    const text = readFileSync(pathIn(folder), 'utf8')
    for (let start = 0; start < 2; start += 1) {
      const stage = await begunAnew(folder)
      expect(stage.cache.folder).toBe(start === 0 ? 'begun anew' : 'known')
      await stage.cache.keeper.flushNow()
      expect(readFileSync(pathIn(folder), 'utf8')).toBe(text)
      stage.close()
    }
    const stage = await begunAnew(folder)
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  })

  test('takes no other file’s name in the trash', async () => {
    const folder = await folderWithoutIndex()
    const modified = new Date(Date.UTC(2026, 4, 6))
    utimesSync(pathIn(folder), modified, modified)
    mkdirSync(pathIn(folder, '.trash'))
    for (const name of ['tasks (of 2026-05-06T00-00-00.000Z).json', 'tasks (of 2026-05-06T00-00-00.000Z, 2).json']) {
      writeFileSync(pathIn(folder, `.trash/${name}`), name)
    }
    const stage = await begunAnew(folder)
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    await stage.databaseFiles.write(TASKS)
    expect(filesIn(folder)).toEqual([
      '.trash/tasks (of TIME).json',
      '.trash/tasks (of TIME, 2).json',
      '.trash/tasks (of TIME, 3).json',
      PAGE,
      'tasks.json',
    ])
    expect(readFileSync(pathIn(folder, '.trash/tasks (of 2026-05-06T00-00-00.000Z, 2).json'), 'utf8')).toContain(', 2')
  })

  test('goes to the trash as well when its database is renamed before it was written anew', async () => {
    const folder = await folderWithoutIndex()
    const stage = await begunAnew(folder)
    await stage.carryOut(writeOf(PLAN, 'Launch'))
    await learn(stage, 'To do')
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(filesIn(folder)).toEqual([
      '.trash/Plan (00000001) (of TIME).json',
      '.trash/tasks (of TIME).json',
      'pages/To do/Launch (00000001).json',
      'to_do.json',
    ])
  })

  test.each(['one crash', 'two crashes'])(
    'is kept once, and replaced, after %s between any two steps',
    async (what) => {
      const start = await folderWithoutIndex()
      const text = readFileSync(pathIn(start), 'utf8')
      const steps: string[] = []
      /** Ends the process before the nth change; true when there are less. */
      const writeUntil = async (folder: string, changes: number): Promise<boolean> => {
        let left = Number.POSITIVE_INFINITY
        const step = (change: string): void => {
          if (left <= 0) throw new Error('crash')
          left -= 1
          if (left < changes) steps.push(change)
        }
        const stage = await openStage(folder, {
          watched: WATCHED,
          disk: createBreakingDisk(unflushedDisk, (call) => {
            if (isChange(call)) step(call)
          }),
          wrapCommits: (commits) =>
            createBreakingCommits(commits, () => {
              step('commit')
            }),
        })
        left = changes
        const end = await stage.databaseFiles.write(TASKS).catch(() => 'crash')
        stage.close()
        expect(end).not.toBe('foreign')
        return end === 'written'
      }
      for (let changes = 0; ; changes += 1) {
        const folder = temporaryFolder()
        cpSync(start, folder, { recursive: true, preserveTimestamps: true })
        const first = await begunAnew(folder)
        await first.carryOut(writeOf(ANNA, 'Anna'))
        first.close()
        steps.length = 0
        const isDone = await writeUntil(folder, changes)
        if (what === 'two crashes') for (const later of [2, 7, 8]) await writeUntil(folder, later)
        const stage = await openStage(folder, { watched: WATCHED, disk: unflushedDisk })
        await stage.cache.keeper.flushNow()
        expect(stage.cache.keeper.problems(), `crash after ${changes}`).toEqual([])
        expect(namesIn(folder)).toEqual(['Anna'])
        const [kept, ...others] = readdirSync(stage.folders.trash)
        expect(others).toEqual([])
        expect(readFileSync(join(stage.folders.trash, kept!), 'utf8')).toBe(text)
        stage.close()
        if (isDone) break
      }
      if (what === 'one crash') expect(steps.join(' ')).toMatch(/flush makeFolder rename (flushFolder )+commit rename/)
    },
  )
})

describe('a stranger’s file stays', () => {
  test('where it was put, or changed, after the index was begun', async () => {
    for (const change of ['put', 'changed'] as const) {
      const folder = await folderWithoutIndex()
      const stage = await begunAnew(folder)
      if (change === 'put') renameSync(pathIn(folder), pathIn(folder, 'before'))
      writeFileSync(pathIn(folder), '{"mine": []}')
      await stage.carryOut(writeOf(PLAN, 'Plan'))
      expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
      expect(readFileSync(pathIn(folder), 'utf8')).toBe('{"mine": []}')
      stage.close()
    }
  })

  test('where what stands there when the index is begun never was a database file', async () => {
    const folder = await folderWithoutIndex()
    writeFileSync(pathIn(folder), '{"my": "own work"}')
    mkdirSync(pathIn(folder, 'a folder.json'))
    const stage = await begunAnew(folder)
    expect(stage.cache.folder).toBe('begun anew')
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(readFileSync(pathIn(folder), 'utf8')).toBe('{"my": "own work"}')
  })

  test('where it is saved while the new version takes its place', async () => {
    const folder = await folderWithoutIndex()
    let isSaving = false
    const disk = createBreakingDisk(unflushedDisk, (call) => {
      if (isSaving && call === 'flushFolder') writeFileSync(pathIn(folder), '{"saved": []}')
    })
    const stage = await begunAnew(folder, 'Tasks', { disk })
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    isSaving = true
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    isSaving = false
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(readFileSync(pathIn(folder), 'utf8')).toBe('{"saved": []}')
  })

  test('where this index has written its own version already, even if it is the one that was left', async () => {
    const folder = await folderWithoutIndex()
    const stage = await begunAnew(folder)
    await stage.carryOut(writeOf(PLAN, 'Launch'))
    await stage.databaseFiles.write(TASKS)
    const [, kept] = readdirSync(stage.folders.trash)
    renameSync(join(stage.folders.trash, kept!), pathIn(folder))
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
  })

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['nothing of ours', { 'tasks.json': '{}' }],
    ['pages of another kind', { 'tasks.json': '{}', 'pages/index.tsx': '', 'pages/blog/Plan (00000001).json': '{}' }],
    ['a page file under another page’s name', { 'tasks.json': '{}', 'pages/Tasks/Plan (00000009).json': 'PLAN' }],
  ])('in a folder with %s', async (_what, files) => {
    const folder = temporaryFolder()
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(pathIn(folder, name), '..'), { recursive: true })
      writeFileSync(pathIn(folder, name), text === 'PLAN' ? JSON.stringify(writeOf(PLAN, 'Plan').file) : text)
    }
    const stage = await begunAnew(folder)
    expect(stage.cache.folder).toBe('new')
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    expect(await stage.databaseFiles.write(TASKS)).toBe('foreign')
    expect(readFileSync(pathIn(folder), 'utf8')).toBe('{}')
  })

  test('in another folder that the index is given later', async () => {
    const folder = await folderWithoutIndex()
    const stage = await begunAnew(folder)
    stage.database.sql('UPDATE cache_folder SET path = ?').run('/elsewhere')
    stage.close()
    const moved = await begunAnew(folder)
    expect(moved.cache.folder).toBe('other')
    await moved.carryOut(writeOf(PLAN, 'Plan'))
    expect(await moved.databaseFiles.write(TASKS)).toBe('foreign')
  })
})
