import type { Failure } from '../../../shared/failures.ts'
import type { JobOutcome } from '../../../shared/jobs.ts'
import type { RecordChange } from '../cache/plan.ts'
import type { SourceFacts } from '../cache/catalogue.ts'
import type { PageTitle } from '../cache/record-index.ts'

/** What a processor found out, and what should be done about it. It has read only; running it twice does no harm. */
export interface Planned {
  readonly change: RecordChange | null
  readonly outcome: JobOutcome
  readonly reason: string | null
  /** Databases and data sources that were looked up on the way. */
  readonly learned: readonly SourceFacts[]
  /** Titles of pages that are not held; null where Notion does not show the page to us. */
  readonly titles?: readonly PageTitle[]
  /** Something could not be had: the change is applied as far as it goes, and the job is not done. */
  readonly failure: Failure | null
}

export type PlanResult =
  | { readonly ok: true; readonly planned: Planned }
  | { readonly ok: false; readonly failure: Failure }

export const done = (
  outcome: JobOutcome,
  learned: readonly SourceFacts[],
  reason: string | null = null,
): PlanResult => ({
  ok: true,
  planned: { change: null, outcome, reason, learned, failure: null },
})
