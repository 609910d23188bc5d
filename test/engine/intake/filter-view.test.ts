import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createCatalogue, type SourceFacts } from '../../../electron/engine/cache/catalogue.ts'
import { createRecordIndex } from '../../../electron/engine/cache/record-index.ts'
import { MIGRATIONS } from '../../../electron/engine/queue/migrations.ts'
import { createWatchList } from '../../../electron/engine/cache/watch.ts'
import { openDatabase } from '../../../electron/engine/foundation/database.ts'
import { createFilterView } from '../../../electron/engine/intake/filter-view.ts'
import { dashedId } from '../../../shared/ids.ts'
import { notionId } from '../../support/notion-ids.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const DATABASE = notionId(1)
const SOURCE = notionId(2)
const OTHER = notionId(3)
const WORKED_ON = notionId(4)

const facts: SourceFacts = {
  databaseId: DATABASE,
  databaseTitle: 'Tasks',
  sourceId: SOURCE,
  sourceTitle: 'Tasks of 2026',
  isInTrash: false,
  isDatabaseInTrash: false,
  properties: [],
}

const viewOf = (entries: readonly string[], learned: readonly SourceFacts[] = []) => {
  const database = openDatabase(join(temporaryFolder(), 'blackcore.db'), MIGRATIONS)
  onTestFinished(database.close)
  const watchList = createWatchList(entries)
  const catalogue = createCatalogue(database, watchList)
  database.transaction(() => catalogue.learn(learned))
  return createFilterView(
    catalogue,
    watchList,
    createRecordIndex(database),
    () => 'w1',
    (pageId) => pageId === WORKED_ON,
  )
}

test.each(['Tasks', 'Tasks of 2026', DATABASE, dashedId(SOURCE)])(
  'what was looked up and is named as "%s" is watched, by its source and by its database',
  (entry) => {
    const view = viewOf([entry], [facts])
    expect(view.sourceVerdict(SOURCE)).toBe('watched')
    expect(view.databaseVerdict(DATABASE)).toBe('watched')
    expect(view.isAnyUnresolved()).toBe(false)
  },
)

test('what was looked up and is not named is not watched; what nobody looked up is unknown', () => {
  const view = viewOf(['People'], [facts])
  expect(view.sourceVerdict(SOURCE)).toBe('not-watched')
  expect(view.databaseVerdict(DATABASE)).toBe('not-watched')
  expect(view.sourceVerdict(OTHER)).toBe('unknown')
  expect(view.databaseVerdict(OTHER)).toBe('unknown')
  expect(view.isAnyUnresolved()).toBe(true)
})

test('an id of the settings is watched before Notion was asked', () => {
  const view = viewOf([dashedId(OTHER)])
  expect(view.sourceVerdict(OTHER)).toBe('watched')
  expect(view.databaseVerdict(OTHER)).toBe('watched')
  expect(view.sourceVerdict(SOURCE)).toBe('unknown')
})

test('a database is watched when one of its data sources is', () => {
  const second = { ...facts, sourceId: OTHER, sourceTitle: 'Archive' }
  const view = viewOf(['Archive'], [facts, second])
  expect(view.databaseVerdict(DATABASE)).toBe('watched')
  expect(view.sourceVerdict(SOURCE)).toBe('not-watched')
  expect(view.sourceVerdict(OTHER)).toBe('watched')
})

test('it says whose workspace it is, and that a page without a record is not held', () => {
  const view = viewOf(['Tasks'])
  expect(view.workspaceId()).toBe('w1')
  expect(view.holds(notionId(7))).toBe(false)
})

test('a page that is being fetched for the first time counts as held: page.moved names only where it went', () => {
  const view = viewOf(['Tasks'], [facts])
  expect(view.holds(WORKED_ON)).toBe(true)
  expect(view.holds(OTHER)).toBe(false)
})
