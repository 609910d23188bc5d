import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unflushedDisk } from '../../support/breaking-disk.ts'
import { type CacheStage, newStage, openStage, type StageOptions } from '../../support/cache-stage.ts'
import { filesBelow } from '../../support/folder-files.ts'
import {
  idNumber,
  PEOPLE,
  removeOf,
  sourceFacts,
  TASKS,
  type WriteOptions,
  writeOf,
} from '../../support/page-builders.ts'

const [PLAN, ANNA] = [idNumber(1), idNumber(2)]
/** Bears the last digits of PLAN. */
const TWIN = `${'f'.repeat(24)}${PLAN.slice(-8)}`

const WATCHED = [TASKS, PEOPLE]

const learn = (stage: CacheStage, title = 'Tasks'): Promise<unknown> =>
  stage.commits.run(() => stage.cache.catalogue.learn([sourceFacts(TASKS, title), sourceFacts(PEOPLE, 'People')]))

const withoutIndex = (stage: CacheStage & { readonly folder: string }): void => {
  stage.close()
  for (const name of readdirSync(stage.folder)) if (name.startsWith('index.db')) rmSync(join(stage.folder, name))
}

/** An index over a folder in which one that is lost has written these pages. */
const begunAnew = async (
  pages: readonly (readonly [id: string, title: string, options?: WriteOptions])[],
  options: StageOptions = {},
) => {
  const before = await newStage({ watched: WATCHED, disk: unflushedDisk })
  for (const page of pages) await before.carryOut(writeOf(...page))
  withoutIndex(before)
  const stage = await openStage(before.folder, { watched: WATCHED, disk: unflushedDisk, ...options })
  await learn(stage)
  return { ...stage, folder: before.folder }
}

const pagesOf = (stage: CacheStage): readonly string[] => filesBelow(stage.folders.pages)

const trashOf = (stage: CacheStage): readonly string[] =>
  existsSync(stage.folders.trash)
    ? readdirSync(stage.folders.trash).map((name) => name.replace(/\(of [^,)]*Z/, '(of TIME'))
    : []

const leftRows = (stage: CacheStage): readonly unknown[] =>
  stage.database
    .sql('SELECT name FROM left_page_file ORDER BY name')
    .all<{ name: string }>()
    .map(({ name }) => name)

test('a page that was renamed or moved meanwhile has one file once it is written; the one of before lies in the trash', async () => {
  const stage = await begunAnew([
    [PLAN, 'Plan'],
    [ANNA, 'Anna'],
  ])
  const text = readFileSync(join(stage.folders.pages, 'Tasks', 'Plan (00000001).json'), 'utf8')
  await stage.carryOut(writeOf(PLAN, 'Launch'))
  await stage.carryOut(writeOf(ANNA, 'Anna', { databaseId: PEOPLE }))
  expect(pagesOf(stage)).toEqual(['People/Anna (00000002).json', 'Tasks/Launch (00000001).json'])
  expect(trashOf(stage)).toEqual(['Anna (00000002) (of TIME).json', 'Plan (00000001) (of TIME).json'])
  const [, kept] = readdirSync(stage.folders.trash)
  expect(readFileSync(join(stage.folders.trash, kept!), 'utf8')).toBe(text)
  expect(leftRows(stage)).toEqual([])
})

test('a page whose name is the same has its file replaced, and nothing comes into the trash', async () => {
  const stage = await begunAnew([[PLAN, 'Plan']])
  await stage.carryOut(writeOf(PLAN, 'Plan', { properties: { Done: { id: 'd', type: 'checkbox', checkbox: true } } }))
  expect(pagesOf(stage)).toEqual(['Tasks/Plan (00000001).json'])
  expect(readFileSync(join(stage.folders.pages, 'Tasks/Plan (00000001).json'), 'utf8')).toContain('"Done"')
  expect(trashOf(stage)).toEqual([])
  expect(leftRows(stage)).toEqual([])
})

test('what is left of other pages stays: of those not written yet, and of one with the same last digits', async () => {
  const stage = await begunAnew([
    [TWIN, 'Twin'],
    [ANNA, 'Anna'],
  ])
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  expect(pagesOf(stage)).toEqual([
    'Tasks/Anna (00000002).json',
    'Tasks/Plan (00000001).json',
    'Tasks/Twin (00000001).json',
  ])
  expect(trashOf(stage)).toEqual([])
  await stage.carryOut(writeOf(TWIN, 'Second twin'))
  expect(pagesOf(stage)).toEqual([
    'Tasks/Anna (00000002).json',
    'Tasks/Plan (00000001).json',
    'Tasks/Second twin (00000001).json',
  ])
})

test('a file with a person’s own contents stays, whatever its name says', async () => {
  const stage = await begunAnew([
    [PLAN, 'Plan'],
    [ANNA, 'Anna'],
  ])
  const path = join(stage.folders.pages, 'Tasks', 'Plan (00000001).json')
  writeFileSync(path, '{"mine": true}')
  await stage.carryOut(writeOf(PLAN, 'Launch'))
  expect(readFileSync(path, 'utf8')).toBe('{"mine": true}')
})

test('a file is still found after restarts, and in a folder that was renamed meanwhile', async () => {
  const before = await begunAnew([
    [PLAN, 'Plan'],
    [ANNA, 'Anna'],
  ])
  await before.carryOut(writeOf(ANNA, 'Anna'))
  await learn(before, 'To do')
  expect(await before.databaseFiles.write(TASKS)).toBe('written')
  before.close()
  const stage = await openStage(before.folder, { watched: WATCHED })
  expect(pagesOf(stage)).toEqual(['To do/Anna (00000002).json', 'To do/Plan (00000001).json'])
  await stage.carryOut(writeOf(PLAN, 'Launch'))
  expect(pagesOf(stage)).toEqual(['To do/Anna (00000002).json', 'To do/Launch (00000001).json'])
})

test('a file that a person took away meanwhile is not missed', async () => {
  const stage = await begunAnew([[PLAN, 'Plan']])
  rmSync(stage.folders.pages, { recursive: true })
  await stage.carryOut(writeOf(PLAN, 'Launch'))
  expect(pagesOf(stage)).toEqual(['Tasks/Launch (00000001).json'])
  expect(leftRows(stage)).toEqual([])
})

test('on a disk that folds case, the page’s file is not moved under its other spelling', async () => {
  const folded = (path: string): string => path.replace('PLAN (00000001)', 'Plan (00000001)')
  const stage = await begunAnew([[PLAN, 'PLAN']], {
    disk: {
      ...unflushedDisk,
      facts: (path) => unflushedDisk.facts(folded(path)),
      rename: (from, to) => unflushedDisk.rename(folded(from), folded(to)),
      readText: (path) => unflushedDisk.readText(folded(path)),
    },
  })
  renameSync(
    join(stage.folders.pages, 'Tasks/PLAN (00000001).json'),
    join(stage.folders.pages, 'Tasks/Plan (00000001).json'),
  )
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  expect(pagesOf(stage)).toEqual(['Tasks/Plan (00000001).json'])
  expect(trashOf(stage)).toEqual([])
})

test('pages that were all removed tell of an index before as well, and their files in the trash stay', async () => {
  const before = await newStage({ watched: WATCHED, disk: unflushedDisk })
  await before.carryOut(writeOf(PLAN, 'Plan'))
  await before.carryOut(removeOf(PLAN, 1))
  await before.databaseFiles.write(TASKS)
  withoutIndex(before)
  // What an editor or a file manager puts there is no folder of pages.
  writeFileSync(join(before.folders.pages, '.DS_Store'), '')
  mkdirSync(join(before.folders.pages, 'empty'))
  const stage = await openStage(before.folder, { watched: WATCHED })
  expect(stage.cache.folder).toBe('begun anew')
  await learn(stage)
  await stage.carryOut(writeOf(ANNA, 'Anna'))
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(trashOf(stage)).toEqual(['Plan (00000001).json', 'tasks (of TIME).json'])
})
