import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newStage, openStage } from '../../support/cache-stage.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { idNumber, PEOPLE, writeOf } from '../../support/page-builders.ts'

const [PLAN, ANNA, HIDDEN, UNKNOWN] = [idNumber(1), idNumber(2), idNumber(3), idNumber(4)]

test('what a crash left on its way is cleared away at the start, and nothing else', async () => {
  const before = await newStage()
  await before.carryOut(writeOf(PLAN, 'Plan'))
  await before.cache.keeper.flushNow()
  before.close()
  mkdirSync(before.folders.temporary, { recursive: true })
  writeFileSync(join(before.folders.temporary, 'half.page'), '{')
  writeFileSync(join(before.folders.root, 'a person’s.txt'), 'mine')
  await openStage(before.folder)
  expect(filesBelow(before.folders.root)).toEqual(['a person’s.txt', 'pages/Tasks/Plan (00000001).json', 'tasks.json'])
})

test('a written record wants the titles that it shows and nobody knows, when it is stored; a hidden one after a day', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(ANNA, 'Anna', { databaseId: PEOPLE }))
  stage.cache.records.storeTitles([{ pageId: HIDDEN, title: null }], stage.clock.now())
  const applied = await stage.cache.applier.apply(writeOf(PLAN, 'Plan', { related: [ANNA, HIDDEN, UNKNOWN] }))
  expect(stage.wantedTitles).toEqual([])
  await stage.commits.run(() => {
    applied.finish()
  })
  expect(stage.wantedTitles).toEqual([UNKNOWN])
  stage.clock.advance(24 * 3_600_000)
  await stage.carryOut(writeOf(PLAN, 'Plan', { related: [ANNA, HIDDEN], revision: 2 }))
  expect(stage.wantedTitles).toEqual([UNKNOWN, HIDDEN])
})

test('page files and database files come from the same changes, titles of relations included', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(PLAN, 'Plan', { related: [ANNA] }))
  await stage.carryOut(writeOf(ANNA, 'Anna', { databaseId: PEOPLE }))
  await stage.cache.keeper.flushNow()
  const tasks: unknown = JSON.parse(readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8'))
  expect(tasks).toMatchObject({ Tasks: [{ Name: 'Plan', Related: ['Anna'] }] })
  await stage.carryOut(writeOf(ANNA, 'Anne', { databaseId: PEOPLE, revision: 2 }))
  await stage.cache.keeper.flushNow()
  const later: unknown = JSON.parse(readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8'))
  expect(later).toMatchObject({ Tasks: [{ Name: 'Plan', Related: ['Anne'] }] })
})

test('at the top of the folder nothing but database files ends in .json', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  await stage.carryOut(writeOf(ANNA, 'Anna', { databaseId: PEOPLE }))
  await stage.cache.keeper.flushNow()
  const atTheTop = filesBelow(stage.folders.root).filter((name) => !name.includes('/') && name.endsWith('.json'))
  expect(atTheTop).toEqual(['people.json', 'tasks.json'])
})

test('a database file that was due when the process ended is written after the restart', async () => {
  const before = await newStage()
  await before.carryOut(writeOf(PLAN, 'Plan'))
  before.close()
  const stage = await openStage(before.folder)
  expect(stage.cache.keeper.isSettled()).toBe(false)
  stage.cache.keeper.wake()
  await stage.cache.keeper.flushNow()
  expect(readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8')).toContain('"Plan"')
})
