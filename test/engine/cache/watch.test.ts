import { expect, test } from 'vitest'
import { createWatchList } from '../../../electron/engine/cache/watch.ts'
import { dashedId } from '../../../shared/ids.ts'
import { PEOPLE, sourceFacts, TASKS } from '../../support/page-builders.ts'

const tasks = sourceFacts(TASKS, 'Tasks', { sourceTitle: 'Open tasks' })

test.each([
  ['its title', 'Tasks'],
  ['its source’s title', 'Open tasks'],
  ['its title with spaces around it', '  Tasks '],
  ['its id', TASKS],
  ['its id with dashes, in capitals', dashedId(TASKS).toUpperCase()],
  ['its source’s id', tasks.sourceId],
])('a database is watched by %s', (_what, entry) => {
  expect(createWatchList([entry]).isWatched(tasks)).toBe(true)
})

test('a title is the same in each normal form', () => {
  const list = createWatchList(['Zeitra\u0308ume'])
  expect(list.isWatched(sourceFacts(TASKS, 'Zeiträume'))).toBe(true)
})

test.each(['Task', 'tasks', PEOPLE, ''])('a database is not watched by %j', (entry) => {
  expect(createWatchList([entry]).isWatched(tasks)).toBe(false)
})

test('a title that looks like an id counts as title and as id', () => {
  expect(createWatchList([PEOPLE]).isWatched(sourceFacts(TASKS, PEOPLE))).toBe(true)
  expect(createWatchList(['Tasks', dashedId(PEOPLE)]).ids).toEqual([PEOPLE])
})

test('entries that nothing known answers to are told', () => {
  const list = createWatchList(['Tasks', 'Places', PEOPLE])
  expect(list.unresolved([tasks])).toEqual(['Places', PEOPLE])
  expect(list.unresolved([])).toEqual(['Tasks', 'Places', PEOPLE])
})
