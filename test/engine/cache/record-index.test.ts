import { describe, expect, test } from 'vitest'
import { newStage } from '../../support/cache-stage.ts'
import { idNumber, PEOPLE, removeOf, sourceFacts, TASKS, writeOf } from '../../support/page-builders.ts'

const [PLAN, ANNA, OTHER] = [idNumber(1), idNumber(2), idNumber(3)]

const NOW = 1_000

const indexStage = async () => {
  const stage = await newStage()
  const { records } = stage.cache
  const write = (...change: Parameters<typeof writeOf>) =>
    stage.commits.run(() => {
      records.write(writeOf(...change), `${change[1]}.json`)
    })
  const storeTitle = (pageId: string, title: string | null) =>
    stage.commits.run(() => {
      records.storeTitles([{ pageId, title }], NOW)
    })
  const remove = (id: string, base: number) =>
    stage.commits.run(() => {
      records.remove(removeOf(id, base))
    })
  const dirtyOf = (id: string): number =>
    stage.database.sql('SELECT dirty FROM database WHERE id = ?').get<{ dirty: number }>(id)?.dirty ?? Number.NaN
  /** Brings every text up to date; gives the pages whose text had been made void. */
  const renderAll = async (): Promise<readonly string[]> => {
    const stale = stage.database
      .sql('SELECT page_id FROM record WHERE text IS NULL AND is_removed = 0 ORDER BY page_id')
      .all<{ page_id: string }>()
    await stage.commits.run(() => stage.database.sql("UPDATE record SET text = '{}'").run())
    return stale.map((row) => row.page_id)
  }
  /** How much the counts of changes of Tasks and People rise by this. */
  const rises = async (work: () => Promise<unknown>): Promise<{ readonly tasks: number; readonly people: number }> => {
    const before = { tasks: dirtyOf(TASKS), people: dirtyOf(PEOPLE) }
    await work()
    return { tasks: dirtyOf(TASKS) - before.tasks, people: dirtyOf(PEOPLE) - before.people }
  }
  return { ...stage, records, write, storeTitle, remove, renderAll, rises }
}

/** A record that shows these pages. */
const showing = (...related: readonly string[]) => writeOf(idNumber(9), 'Shows them', { related }).flat

test('a written record is held, with what the change said', async () => {
  const { records, write } = await indexStage()
  await write(PLAN, 'Plan')
  expect(records.record(PLAN)).toEqual({
    pageId: PLAN,
    databaseId: TASKS,
    sourceId: sourceFacts(TASKS, '').sourceId,
    title: 'Plan',
    revision: 1,
    lastEditedTime: '2026-11-02T09:30:00.000Z',
    fingerprint: 'Plan 1',
    fileName: 'Plan.json',
    trashName: null,
    isRemoved: false,
  })
  expect(records.holds(PLAN)).toBe(true)
  expect(records.record(ANNA)).toBeNull()
  expect(records.holds(ANNA)).toBe(false)
})

describe('the revision', () => {
  test('goes on over removal and restoring', async () => {
    const { records, write, remove } = await indexStage()
    await write(PLAN, 'Plan')
    await write(PLAN, 'Plan', { revision: 2 })
    await remove(PLAN, 2)
    expect(records.record(PLAN)?.revision).toBe(3)
    await write(PLAN, 'Plan', { revision: 4 })
    expect(records.record(PLAN)).toMatchObject({ revision: 4, isRemoved: false, trashName: null })
  })

  test('a record keeps its place among the others over all of it', async () => {
    const { database, write, remove } = await indexStage()
    for (const id of [PLAN, ANNA]) await write(id, 'x')
    await remove(PLAN, 1)
    await write(PLAN, 'back', { revision: 3 })
    const order = database.sql('SELECT page_id FROM record ORDER BY seq').all<{ page_id: string }>()
    expect(order.map((row) => row.page_id)).toEqual([PLAN, ANNA])
  })
})

test('a removal keeps the row, and makes the database file due', async () => {
  const { records, write, remove, rises } = await indexStage()
  await write(PLAN, 'Plan')
  expect(await rises(() => remove(PLAN, 1))).toEqual({ tasks: 1, people: 0 })
  expect(records.record(PLAN)).toMatchObject({ isRemoved: true, title: 'Plan', revision: 2 })
  expect(records.holds(PLAN)).toBe(false)
})

test('removing a page that was never held changes nothing', async () => {
  const { records, remove, rises } = await indexStage()
  expect(await rises(() => remove(PLAN, 0))).toEqual({ tasks: 0, people: 0 })
  expect(records.record(PLAN)).toBeNull()
})

test('a written record makes its database file due', async () => {
  const { write, rises } = await indexStage()
  expect(await rises(() => write(PLAN, 'Plan'))).toEqual({ tasks: 1, people: 0 })
})

test('a record that moves to another database makes both files due', async () => {
  const { records, write, rises } = await indexStage()
  await write(PLAN, 'Plan')
  expect(await rises(() => write(PLAN, 'Plan', { databaseId: PEOPLE, revision: 2 }))).toEqual({ tasks: 1, people: 1 })
  expect(records.record(PLAN)?.databaseId).toBe(PEOPLE)
})

describe('a title that changes', () => {
  test('has the records that show it rendered again, and their files made due', async () => {
    const { write, renderAll, rises } = await indexStage()
    await write(ANNA, 'Anna', { databaseId: PEOPLE })
    await write(PLAN, 'Plan', { related: [ANNA] })
    await write(OTHER, 'Other')
    await renderAll()
    expect(await rises(() => write(ANNA, 'Anne', { databaseId: PEOPLE, revision: 2 }))).toEqual({ tasks: 1, people: 1 })
    expect(await renderAll()).toEqual([PLAN, ANNA].toSorted())
  })

  test('is noticed when a page comes that was shown by its id', async () => {
    const { write, renderAll } = await indexStage()
    await write(PLAN, 'Plan', { related: [ANNA] })
    await renderAll()
    await write(ANNA, 'Anna', { databaseId: PEOPLE })
    expect(await renderAll()).toContain(PLAN)
  })

  test('is noticed of a page that we do not hold', async () => {
    const { write, storeTitle, renderAll, rises } = await indexStage()
    await write(PLAN, 'Plan', { related: [ANNA] })
    await write(OTHER, 'Other')
    await renderAll()
    expect(await rises(() => storeTitle(ANNA, null))).toEqual({ tasks: 0, people: 0 })
    expect(await rises(() => storeTitle(ANNA, 'Anna'))).toEqual({ tasks: 1, people: 0 })
    expect(await renderAll()).toEqual([PLAN])
    expect(await rises(() => storeTitle(ANNA, 'Anna'))).toEqual({ tasks: 0, people: 0 })
    expect(await renderAll()).toEqual([])
  })

  test('concerns nobody else, and an unchanged one concerns nobody', async () => {
    const { write, renderAll, rises } = await indexStage()
    await write(ANNA, 'Anna', { databaseId: PEOPLE })
    await write(PLAN, 'Plan', { related: [ANNA] })
    await renderAll()
    expect(await rises(() => write(ANNA, 'Anna', { databaseId: PEOPLE, revision: 2 }))).toEqual({ tasks: 0, people: 1 })
    expect(await renderAll()).toEqual([ANNA])
  })

  test('does not concern a record that showed it once and does no longer, or was removed', async () => {
    const { write, remove, renderAll, rises } = await indexStage()
    await write(ANNA, 'Anna', { databaseId: PEOPLE })
    await write(PLAN, 'Plan', { related: [ANNA] })
    await write(OTHER, 'Other', { related: [ANNA] })
    await write(PLAN, 'Plan', { revision: 2 })
    await remove(OTHER, 1)
    await renderAll()
    expect(await rises(() => write(ANNA, 'Anne', { databaseId: PEOPLE, revision: 2 }))).toEqual({ tasks: 0, people: 1 })
    expect(await renderAll()).toEqual([ANNA])
  })
})

describe('titles to ask for', () => {
  test('are those of pages that are neither held nor were asked for', async () => {
    const { records, write, storeTitle } = await indexStage()
    await write(PLAN, 'Plan')
    await storeTitle(ANNA, 'Anna')
    expect(records.titlesWanted(showing(PLAN, ANNA, OTHER), NOW - 1)).toEqual([OTHER])
    expect(records.titlesWanted(showing(), NOW)).toEqual([])
  })

  test('each is asked for again after its time, shown or not: the page may have been renamed', async () => {
    const { records, storeTitle } = await indexStage()
    await storeTitle(ANNA, 'Anna')
    await storeTitle(OTHER, null)
    expect(records.titlesWanted(showing(ANNA, OTHER), NOW - 1)).toEqual([])
    expect(records.titlesWanted(showing(ANNA, OTHER), NOW)).toEqual([ANNA, OTHER])
  })

  test('a removed page’s title is still known', async () => {
    const { records, write, remove } = await indexStage()
    await write(PLAN, 'Plan')
    await remove(PLAN, 1)
    expect(records.titlesWanted(showing(PLAN), NOW)).toEqual([])
  })
})
