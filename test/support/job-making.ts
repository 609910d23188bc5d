import type { ClaimedJob, JobStore } from '../../electron/engine/queue/job-store.ts'
import type { StoredEvent } from '../../electron/engine/queue/event-store.ts'
import type { Entity } from '../../shared/entities.ts'
import type { Failure } from '../../shared/failures.ts'
import type { FailedAttempt } from '../../shared/jobs.ts'
import { notionId } from './notion-ids.ts'

export const page = (number: number): Entity => ({ kind: 'page', id: notionId(number) })

/** An event of a page, as intake stores it. */
export const pageEvent = (id: string, number: number, receivedAt: number): StoredEvent => ({
  id,
  type: 'page.content_updated',
  entity: page(number),
  sourceId: null,
  receivedAt,
  body: '{}',
})

export const transient: Failure = {
  kind: 'transient',
  code: 'service_unavailable',
  message: 'Notion has a fault.',
  stops: 'notion',
}

export const failedAt = (startedAt: number, failure = transient): FailedAttempt => ({
  startedAt,
  durationMs: 12.4,
  failure,
})

/** The one job that can be claimed now. */
export const claimOne = (jobs: JobStore, now: number): ClaimedJob => {
  const [job, ...others] = jobs.claim(now, 10)
  if (job === undefined || others.length > 0) throw new Error(`${others.length + 1} jobs can be claimed, not one`)
  return job
}
