import { expect, test } from 'vitest'
import { createRecordRenderer } from '../../../electron/engine/cache/record-renderer.ts'
import type { GroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { type CacheStage, newStage } from '../../support/cache-stage.ts'
import { idNumber, PEOPLE, removeOf, TASKS, writeOf } from '../../support/page-builders.ts'

const [PLAN, ANNA, UNKNOWN] = [idNumber(1), idNumber(2), idNumber(3)]

const fill = (stage: CacheStage, count: number) =>
  stage.commits.run(() => {
    for (let index = 0; index < count; index += 1) {
      stage.cache.records.write(writeOf(idNumber(0x1000 + index), `Page ${index}`), `${index}.json`)
    }
  })

const textsOf = (reader: Pick<CacheStage['database'], 'sql'>) =>
  reader
    .sql('SELECT text FROM record WHERE database_id = ? AND is_removed = 0 ORDER BY seq')
    .all<{ text: string | null }>(TASKS)
    .map((row) => row.text)

const relatedIn = (text: string | null | undefined): unknown =>
  (JSON.parse(text ?? 'null') as Record<string, unknown>)['Related']

test('related pages are shown by title: of what we hold, then of what we asked for; else by id', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(ANNA, 'Anna', { databaseId: PEOPLE }))
  const titles = [
    { pageId: ANNA, title: 'Anna as it once was' },
    { pageId: UNKNOWN, title: null },
  ]
  stage.cache.records.storeTitles(titles, 0)
  await stage.carryOut(writeOf(PLAN, 'Plan', { related: [ANNA, UNKNOWN, idNumber(9)] }))
  const renderer = createRecordRenderer(stage.database, stage.commits)
  const related = async (): Promise<unknown> => {
    const snapshot = await renderer.renderedSnapshot(TASKS)
    const [text] = textsOf(snapshot)
    snapshot.close()
    return relatedIn(text)
  }
  const [unknown, ninth] = ['393abc1e-edcd-81a0-9a08-000000000003', '393abc1e-edcd-81a0-9a08-000000000009']
  expect(await related()).toEqual(['Anna', unknown, ninth])
  await stage.carryOut(writeOf(ANNA, 'Anne', { databaseId: PEOPLE, revision: 2 }))
  expect(await related()).toEqual(['Anne', unknown, ninth])
  await stage.carryOut(removeOf(ANNA, 2))
  expect(await related()).toEqual(['Anne', unknown, ninth])
  await stage.carryOut(writeOf(ANNA, '', { databaseId: PEOPLE, revision: 4 }))
  expect(await related()).toEqual(['393abc1e-edcd-81a0-9a08-000000000002', unknown, ninth])
})

test('only what changed is rendered again', async () => {
  const stage = await newStage()
  await fill(stage, 3)
  const renderer = createRecordRenderer(stage.database, stage.commits)
  const first = await renderer.renderedSnapshot(TASKS)
  first.close()
  stage.database.sql("UPDATE record SET text = 'kept' WHERE page_id <> ?").run(idNumber(0x1001))
  await stage.carryOut(writeOf(idNumber(0x1001), 'New', { revision: 2 }))
  const second = await renderer.renderedSnapshot(TASKS)
  expect(textsOf(second)).toEqual(['kept', expect.stringContaining('"New"'), 'kept'])
  second.close()
})

test('others get their turn while many records are rendered', async () => {
  const stage = await newStage()
  await fill(stage, 1_000)
  let turns = 0
  let isDone = false
  const countTurns = (): void => {
    turns += 1
    if (!isDone) setImmediate(countTurns)
  }
  setImmediate(countTurns)
  const snapshot = await createRecordRenderer(stage.database, stage.commits).renderedSnapshot(TASKS)
  isDone = true
  expect(textsOf(snapshot)).not.toContain(null)
  expect(turns).toBeGreaterThanOrEqual(10)
  snapshot.close()
})

test('records that are made stale while others are rendered are never rendered by the hundred in one turn', async () => {
  const stage = await newStage()
  await fill(stage, 950)
  let mostInOneCommit = 0
  let isSpoilt = false
  const stale = (): number =>
    stage.database.sql('SELECT count(*) AS count FROM record WHERE text IS NULL').get<{ count: number }>()?.count ?? 0
  // In the very commit that renders the last ones, a neighbour makes all of them stale again.
  const commits: GroupCommit = {
    ...stage.commits,
    runQuick: (work) =>
      stage.commits.runQuick(() => {
        const before = stale()
        const result = work()
        mostInOneCommit = Math.max(mostInOneCommit, before - stale())
        if (!isSpoilt && stale() === 0) {
          isSpoilt = true
          stage.database.sql('UPDATE record SET text = NULL').run()
        }
        return result
      }),
  }
  const counted = {
    ...stage.database,
    transaction: <T>(work: () => T): T => {
      const before = stale()
      const result = stage.database.transaction(work)
      mostInOneCommit = Math.max(mostInOneCommit, before - stale())
      return result
    },
  }
  const snapshot = await createRecordRenderer(counted, commits).renderedSnapshot(TASKS)
  expect(isSpoilt).toBe(true)
  expect(textsOf(snapshot)).not.toContain(null)
  expect(mostInOneCommit).toBeLessThanOrEqual(100)
  snapshot.close()
})

test('what is made stale after the snapshot was taken does not show in it', async () => {
  const stage = await newStage()
  await fill(stage, 3)
  const snapshot = await createRecordRenderer(stage.database, stage.commits).renderedSnapshot(TASKS)
  stage.database.sql('UPDATE record SET text = NULL').run()
  expect(textsOf(snapshot)).not.toContain(null)
  snapshot.close()
})
