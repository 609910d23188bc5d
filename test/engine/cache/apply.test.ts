import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RecordChange } from '../../../electron/engine/cache/plan.ts'
import type { GroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { pageFileSchema } from '../../../shared/records.ts'
import { createBreakingCommits } from '../../support/breaking-commits.ts'
import { createBreakingDisk, isChange, unflushedDisk } from '../../support/breaking-disk.ts'
import { type CacheStage, newStage, openStage, type StageOptions } from '../../support/cache-stage.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { idNumber, PEOPLE, removeOf, TASKS, writeOf } from '../../support/page-builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const PLAN = idNumber(0x1_ab12_cd34)
/** Ends in the same digits, so that it competes for names. */
const TWIN = idNumber(0x2_ab12_cd34)
const ANNA = idNumber(0xa)

/** What may lie in the folder between a crash and the next opening; every start empties it. */
const isNoScrap = (name: string): boolean => !name.startsWith('.tmp/')

const pageTitleOf = async (stage: CacheStage, name: string): Promise<string> => {
  const file = pageFileSchema.parse(JSON.parse(await systemDisk.readText(join(stage.folders.root, name))))
  return `${name}: ${JSON.stringify(file.page.properties['Name'])} at ${file.sync.revision}`
}

/** All that a user or a later change could tell two states apart by. */
const stateOf = async (stage: CacheStage): Promise<unknown> => {
  const files = filesBelow(stage.folders.root).filter(isNoScrap)
  return {
    files: await Promise.all(files.map((name) => pageTitleOf(stage, name))),
    records: stage.database.sql('SELECT * FROM record ORDER BY seq').all(),
    names: stage.database.sql('SELECT * FROM page_file ORDER BY database_id, name').all(),
    references: stage.database.sql('SELECT * FROM reference ORDER BY target_id, page_id').all(),
    plans: stage.database.sql('SELECT * FROM plan').all(),
    dirty: stage.database.sql('SELECT id, dirty > written AS dirty FROM database ORDER BY id').all(),
  }
}

/** Each change of disk and database asks `step` first; once that has thrown, the process is as good as dead. */
const brokenAt = (failing: number) => {
  let steps = 0
  const step = (): void => {
    steps += 1
    if (steps >= failing) throw new Error('crash')
  }
  const wrapCommits = (commits: GroupCommit): GroupCommit => createBreakingCommits(commits, step)
  const disk = createBreakingDisk(unflushedDisk, (call) => {
    if (isChange(call)) step()
  })
  return { disk, wrapCommits }
}

/** What a worker does with a job's change at its next attempt: the plan that is left first, or the change anew. */
const attempt = async (stage: CacheStage, change: RecordChange): Promise<void> => {
  const { applier } = stage.cache
  const left = applier.journaled(change.pageId)
  if (left === null && !applier.isCurrent(change)) return
  if (left === null) {
    await stage.carryOut(change)
    return
  }
  expect(applier.isCurrent(left)).toBe(true)
  const applied = await applier.apply(left)
  await stage.commits.run(() => {
    applied.finish()
  })
}

interface Scenario {
  readonly name: string
  readonly before: readonly RecordChange[]
  readonly change: RecordChange
  readonly files: readonly string[]
}

const short = 'Plan (ab12cd34).json'

const scenarios: readonly Scenario[] = [
  {
    name: 'a new page',
    before: [],
    change: writeOf(PLAN, 'Plan', { related: [ANNA] }),
    files: [`pages/Tasks/${short}`],
  },
  {
    name: 'a new page whose short name is taken',
    before: [writeOf(TWIN, 'Plan')],
    change: writeOf(PLAN, 'plan'),
    files: [`pages/Tasks/${short}`, `pages/Tasks/plan (${PLAN}).json`],
  },
  {
    name: 'another text of the same title',
    before: [writeOf(PLAN, 'Plan')],
    change: writeOf(PLAN, 'Plan', { revision: 2 }),
    files: [`pages/Tasks/${short}`],
  },
  {
    name: 'another title',
    before: [writeOf(PLAN, 'Plan')],
    change: writeOf(PLAN, 'Launch', { revision: 2 }),
    files: ['pages/Tasks/Launch (ab12cd34).json'],
  },
  {
    name: 'a title in another case',
    before: [writeOf(PLAN, 'Plan')],
    change: writeOf(PLAN, 'PLAN', { revision: 2 }),
    files: ['pages/Tasks/PLAN (ab12cd34).json'],
  },
  {
    name: 'a move to another database',
    before: [writeOf(PLAN, 'Plan')],
    change: writeOf(PLAN, 'Plan', { databaseId: PEOPLE, revision: 2 }),
    files: [`pages/People/${short}`],
  },
  {
    name: 'a move to another database with another title',
    before: [writeOf(PLAN, 'Plan')],
    change: writeOf(PLAN, 'Launch', { databaseId: PEOPLE, revision: 2 }),
    files: ['pages/People/Launch (ab12cd34).json'],
  },
  {
    name: 'a removal',
    before: [writeOf(PLAN, 'Plan', { related: [ANNA] })],
    change: removeOf(PLAN, 1),
    files: [`.trash/${short}`],
  },
  {
    name: 'a removal while another page’s file of that name lies in the trash',
    before: [writeOf(TWIN, 'Plan'), removeOf(TWIN, 1), writeOf(PLAN, 'Plan')],
    change: removeOf(PLAN, 1),
    files: [`.trash/${short}`, `.trash/Plan (${PLAN}).json`],
  },
  {
    name: 'a restoring',
    before: [writeOf(PLAN, 'Plan'), removeOf(PLAN, 1)],
    change: writeOf(PLAN, 'Plan', { revision: 3 }),
    files: [`pages/Tasks/${short}`],
  },
  {
    name: 'a restoring with another title into another database',
    before: [writeOf(PLAN, 'Plan'), removeOf(PLAN, 1)],
    change: writeOf(PLAN, 'Launch', { databaseId: PEOPLE, revision: 3 }),
    files: ['pages/People/Launch (ab12cd34).json'],
  },
]

/** A closed stage's folder in which these changes have been carried out. */
const prepared = async (before: readonly RecordChange[]): Promise<string> => {
  const stage = await newStage()
  for (const change of before) await stage.carryOut(change)
  stage.close()
  return stage.folder
}

const copyOf = (folder: string): string => {
  const copy = temporaryFolder()
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** Runs the job on the folder as one process would; false where that one came to its end before the job did. */
const isDoneBy = async (folder: string, change: RecordChange, options: StageOptions): Promise<boolean> => {
  const stage = await openStage(folder, options).catch(() => null)
  if (stage === null) return false
  try {
    await attempt(stage, change)
    return true
  } catch {
    return false
  } finally {
    stage.close()
  }
}

describe.each(scenarios)('$name', ({ before, change, files }) => {
  test('ends in exactly these files, without a plan', async () => {
    const stage = await openStage(await prepared(before))
    await stage.carryOut(change)
    expect(filesBelow(stage.folders.root).filter(isNoScrap)).toEqual(files.toSorted())
    expect(stage.cache.applier.journaled(change.pageId)).toBeNull()
  })

  test('ends in the same state after a crash between any two of its steps, even after two of them', async () => {
    const start = await prepared(before)
    const whole = await openStage(copyOf(start))
    await whole.carryOut(change)
    const expected = await stateOf(whole)
    for (let failing = 1; ; failing += 1) {
      const folder = copyOf(start)
      if (await isDoneBy(folder, change, brokenAt(failing))) {
        expect(failing).toBeGreaterThan(5)
        return
      }
      // Every other time a second process ends a few steps in as well; the last one is left alone.
      if (failing % 2 === 0) await isDoneBy(folder, change, brokenAt(1 + (failing % 9)))
      const last = await openStage(folder, { disk: unflushedDisk })
      await attempt(last, change)
      expect(await stateOf(last), `crash before step ${failing}`).toEqual(expected)
      last.close()
    }
  })

  test('ends in the same state after a power cut that took the plan and left the files', async () => {
    const start = await prepared(before)
    const folder = copyOf(start)
    const cut = await openStage(folder, { disk: unflushedDisk })
    cut.cache.applier.journal(change)
    await cut.cache.applier.apply(change)
    cut.close()
    cpSync(join(start, 'index.db'), join(folder, 'index.db'))
    const [whole, last] = [await openStage(copyOf(start)), await openStage(folder, { disk: unflushedDisk })]
    expect(last.cache.applier.journaled(change.pageId)).toBeNull()
    for (const stage of [whole, last]) await attempt(stage, change)
    expect(await stateOf(last)).toEqual(await stateOf(whole))
  })
})

test('a plan that was given up leaves no file behind: the page’s next change removes what it had written', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  for (const title of ['PLAN', 'Launch']) {
    const change = writeOf(PLAN, title, { revision: 2 })
    await stage.commits.run(() => {
      stage.cache.applier.journal(change)
    })
    await stage.cache.applier.apply(change)
    await stage.commits.run(() => {
      stage.cache.applier.drop(PLAN)
    })
    expect(stage.cache.applier.journaled(PLAN)).toBeNull()
  }
  await stage.carryOut(writeOf(PLAN, 'plan', { revision: 2 }))
  expect(filesBelow(stage.folders.pages)).toEqual(['Tasks/plan (ab12cd34).json'])
})

test('a plan fits as long as the record has the revision that it was made for', async () => {
  const { cache, carryOut } = await newStage()
  const first = writeOf(PLAN, 'Plan')
  expect(cache.applier.isCurrent(first)).toBe(true)
  await carryOut(first)
  expect(cache.applier.isCurrent(first)).toBe(false)
  expect(cache.applier.isCurrent(removeOf(PLAN, 1))).toBe(true)
  await carryOut(removeOf(PLAN, 1))
  expect(cache.applier.isCurrent(removeOf(PLAN, 1))).toBe(false)
  expect(cache.applier.isCurrent(writeOf(PLAN, 'Plan', { revision: 3 }))).toBe(true)
})

test('a journaled plan reads back as it was made', async () => {
  const { cache, commits } = await newStage()
  const change = writeOf(PLAN, 'Plan', { related: [ANNA] })
  await commits.run(() => {
    cache.applier.journal(change)
  })
  expect(cache.applier.journaled(PLAN)).toEqual(change)
  expect(cache.applier.journaled(TWIN)).toBeNull()
})

test('many pages at once do not disturb each other', async () => {
  const stage = await newStage()
  const ids = Array.from({ length: 40 }, (_unused, index) => idNumber(0x100 + index))
  await Promise.all(ids.map((id) => stage.carryOut(writeOf(id, 'One title'))))
  await Promise.all(ids.map((id) => stage.carryOut(writeOf(id, 'Another', { revision: 2 }))))
  const expected = ids.map((id) => `Tasks/Another (${id.slice(-8)}).json`).toSorted()
  expect(filesBelow(stage.folders.pages)).toEqual(expected)
})

test('a page that is removed though it was never held needs no file', async () => {
  const stage = await newStage()
  await stage.carryOut(removeOf(PLAN, 0))
  expect(filesBelow(stage.folders.root)).toEqual([])
  expect(stage.cache.records.record(PLAN)).toBeNull()
})

test('a page whose file a person deleted is removed all the same', async () => {
  const stage = await newStage()
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  await systemDisk.remove(join(stage.folders.pages, 'Tasks', short))
  await stage.carryOut(removeOf(PLAN, 1))
  expect(stage.cache.records.record(PLAN)).toMatchObject({ isRemoved: true })
  expect(stage.database.sql('SELECT id FROM database WHERE dirty > written').all()).toEqual([{ id: TASKS }])
})
