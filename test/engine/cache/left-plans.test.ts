import { expect, test } from 'vitest'
import { newStage } from '../../support/cache-stage.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { idNumber, removeOf, titled, writeOf } from '../../support/page-builders.ts'

const PLAN = idNumber(0xa)
const TWIN = idNumber(0xb)

test('a plan that was left goes with the next change of its page, and with no other', async () => {
  const stage = await newStage()
  const { applier } = stage.cache
  const left = (): readonly (string | null)[] => [PLAN, TWIN].map((id) => applier.journaled(id)?.pageId ?? null)
  await stage.commits.run(() => {
    applier.journal(writeOf(PLAN, 'Plan'))
    applier.journal(writeOf(TWIN, 'Twin'))
  })
  await stage.carryOut(writeOf(PLAN, 'Launch'))
  expect(left()).toEqual([null, TWIN])
  await stage.commits.run(() => {
    applier.journal(writeOf(PLAN, 'Later', { revision: 2 }))
  })
  await stage.carryOut(removeOf(PLAN, 1))
  expect(left()).toEqual([null, TWIN])
})

test('a plan whose file is in place already ends in a record when it is taken up', async () => {
  const stage = await newStage()
  const { applier, records } = stage.cache
  const change = writeOf(PLAN, 'Plan')
  await stage.commits.run(() => {
    applier.journal(change)
  })
  await applier.apply(change)
  expect(filesBelow(stage.folders.pages)).toHaveLength(1)
  const applied = await applier.apply(applier.journaled(PLAN) ?? removeOf(PLAN, 0))
  await stage.commits.run(() => {
    applied.finish()
  })
  expect(records.holds(PLAN)).toBe(true)
  expect(filesBelow(stage.folders.pages)).toHaveLength(1)
})

test('a plan that is taken up has every property, whatever its name', async () => {
  const { cache, commits } = await newStage()
  const properties = Object.fromEntries(['__proto__', 'toString'].map((name) => [name, titled(name)]))
  const change = writeOf(PLAN, 'Plan', { properties })
  await commits.run(() => {
    cache.applier.journal(change)
  })
  const taken = cache.applier.journaled(PLAN)
  expect(JSON.stringify(taken)).toBe(JSON.stringify(change))
  expect(JSON.stringify(taken).split('"__proto__":')).toHaveLength(3)
})

test('a plan in the shape of another version is as good as lost', async () => {
  const { cache, database } = await newStage()
  database.sql('INSERT INTO plan (page_id, change) VALUES (?, ?)').run(PLAN, '{"kind":"write","pageId":7}')
  expect(cache.applier.journaled(PLAN)).toBeNull()
})
