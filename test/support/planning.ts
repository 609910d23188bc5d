import type { RecordChange } from '../../electron/engine/cache/plan.ts'
import type { Planned, PlanResult } from '../../electron/engine/processors/planned.ts'
import type { Failure } from '../../shared/failures.ts'

/** A change of a page's record, planned when its revision was the given one. */
export const removal = (pageId: string, baseRevision = 0): RecordChange => ({
  kind: 'remove',
  pageId,
  baseRevision,
  reason: 'in the trash',
})

export const planned = (parts: Partial<Planned> = {}): PlanResult => ({
  ok: true,
  planned: { change: null, outcome: 'written', reason: null, learned: [], failure: null, ...parts },
})

export const refused = (failure: Failure): PlanResult => ({ ok: false, failure })

export const permanent: Failure = { kind: 'permanent', code: 'unauthorized', message: 'The token is not valid.' }
