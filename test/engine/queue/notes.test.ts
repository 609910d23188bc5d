import { expect, test } from 'vitest'
import { createQueueNotes } from '../../../electron/engine/queue/notes.ts'
import { createQueueFile } from '../../support/queue-file.ts'

test('a catch-up that is due is noted once, with the first time, and outlives a restart', () => {
  const { database, reopen } = createQueueFile()
  const notes = createQueueNotes(database)
  expect(notes.isCatchUpDue()).toBe(false)
  notes.noteCatchUpDue(1_000)
  notes.noteCatchUpDue(2_000)
  const later = reopen()
  expect(createQueueNotes(later).isCatchUpDue()).toBe(true)
  expect(later.sql('SELECT value FROM note').all()).toEqual([{ value: '1000' }])
})

test('a note that is rolled back was never made', () => {
  const { database } = createQueueFile()
  const notes = createQueueNotes(database)
  expect(() =>
    database.transaction(() => {
      notes.noteCatchUpDue(1_000)
      throw new Error('the disk refuses')
    }),
  ).toThrow('the disk refuses')
  expect(notes.isCatchUpDue()).toBe(false)
})

test('a pause is noted with its end or without one, the newest counts, and it outlives a restart', () => {
  const { database, reopen } = createQueueFile()
  const notes = createQueueNotes(database)
  expect(notes.pause()).toBeNull()
  notes.notePause(1_000)
  expect(notes.pause()).toEqual({ until: 1_000 })
  notes.notePause(null)
  expect(notes.pause()).toEqual({ until: null })
  notes.noteCatchUpDue(1_000)
  const later = createQueueNotes(reopen())
  expect(later.pause()).toEqual({ until: null })
  later.clearPause()
  later.clearPause()
  expect(later.pause()).toBeNull()
  expect(later.isCatchUpDue()).toBe(true)
})
