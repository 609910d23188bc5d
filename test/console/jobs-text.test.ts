import { expect, test } from 'vitest'
import { jobsText } from '../../electron/console/jobs-text.ts'
import type { JobView } from '../../shared/bridge.ts'

const job = (parts: Partial<JobView>): JobView => ({
  id: 1,
  state: 'failed',
  page_id: '3a9c0000-0000-0000-0000-000000000001',
  database: 'Tasks',
  reason: null,
  attempts: [],
  ...parts,
})

test('a person reads number, state, database and page of each job, and every attempt that failed', () => {
  const attempts = [
    { at: '2026-11-23T12:00:00.000Z', duration_ms: 8, code: 'no_answer', message: 'Notion did not answer in time.' },
    { at: '2026-11-23T12:00:02.500Z', duration_ms: 60_012, code: 'object_not_found', message: 'It is gone.' },
  ]
  const text = jobsText([
    job({ id: 1024, reason: 'It is gone.', attempts }),
    job({ id: 3, state: 'discarded', database: null }),
  ])
  expect(text).toBe(`  1024  failed     Tasks  3a9c0000-0000-0000-0000-000000000001
      2026-11-23T12:00:00.000Z       8 ms  no_answer: Notion did not answer in time.
      2026-11-23T12:00:02.500Z   60012 ms  object_not_found: It is gone.
     3  discarded  3a9c0000-0000-0000-0000-000000000001`)
})

test('a reason that no attempt tells has a line of its own', () => {
  expect(jobsText([job({ state: 'completed', reason: 'in the trash' })])).toBe(
    '     1  completed  Tasks  3a9c0000-0000-0000-0000-000000000001\n      in the trash',
  )
})

test('a job of no page and no known database is still told by its number', () => {
  expect(jobsText([job({ page_id: null, database: null, state: 'waiting' })]).trimEnd()).toBe('     1  waiting')
})

test('no jobs are told in words', () => {
  expect(jobsText([])).toBe('No jobs.')
})
