import type { Entity } from '../../../shared/entities.ts'
import type { Failure } from '../../../shared/failures.ts'
import type { JobOutcome } from '../../../shared/jobs.ts'
import type { ChangeApplier } from '../cache/apply.ts'
import type { SourceFacts } from '../cache/catalogue.ts'
import type { PageTitle } from '../cache/record-index.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { Planned, PlanResult } from '../processors/planned.ts'
import { failureOf } from './thrown-failure.ts'

/** What an attempt came to. `finish` belongs into the commit that stores it: what was applied counts either way. */
export type AttemptEnd =
  | { readonly kind: 'done'; readonly outcome: JobOutcome; readonly reason: string | null; readonly finish: () => void }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly finish: () => void }
  | { readonly kind: 'interrupted' }

export interface AttemptParts {
  readonly applier: ChangeApplier
  readonly commits: GroupCommit
  readonly plan: (job: AttemptJob) => Promise<PlanResult>
  /** Within a transaction: stores what was looked up on the way. */
  readonly learn: (facts: readonly SourceFacts[]) => void
  /** Within a transaction: the same for titles of pages that are not held. */
  readonly learnTitles: (titles: readonly PageTitle[]) => void
  /** Notion answered everything that the attempt asks: what remains is the disk's. */
  readonly onPlanned: () => void
  /** True when the program is ending and requests are given up. */
  readonly isEnding: () => boolean
}

export interface AttemptJob {
  readonly entity: Entity
}

const nothing = (): void => undefined

/** What was read is compared with what is stored when it is to be written; on a conflict it is read again. */
const READINGS_AFTER_CONFLICT = 3

const CONFLICT: Failure = {
  kind: 'transient',
  code: 'conflict',
  message: 'The record changed each time while Notion was being read. Nothing was overwritten; it is tried again.',
}

/**
 * One attempt: carry out the plan that a crash or a refusing disk left, be it of an earlier job; then read, plan,
 * journal, apply. In each step a crash may come: the job is still active then, and its next attempt begins here again.
 * A plan that was left is never the last word: Notion is asked for the newest state all the same.
 */
export const runAttempt = async (parts: AttemptParts, job: AttemptJob): Promise<AttemptEnd> => {
  const { applier, commits } = parts

  const takeUp = async (): Promise<void> => {
    const left = job.entity.kind === 'page' ? applier.journaled(job.entity.id) : null
    if (left === null) return
    const applied = applier.isCurrent(left) ? await applier.apply(left) : null
    await commits.runQuick(() => {
      applied?.finish()
      applier.drop(left.pageId)
    })
  }

  /** Within a transaction. False where the record is no longer what the plan was made for. */
  const journal = ({ learned, change }: Planned): boolean => {
    parts.learn(learned)
    if (change === null) return true
    if (!applier.isCurrent(change)) return false
    applier.journal(change)
    return true
  }

  const planAndApply = async (readingsLeft: number): Promise<AttemptEnd> => {
    const result = await parts.plan(job)
    if (parts.isEnding()) return { kind: 'interrupted' }
    if (!result.ok) return { kind: 'failed', failure: result.failure, finish: nothing }
    const { change, outcome, reason, learned, titles, failure } = result.planned
    // Not after a failure: it may be everybody's, and then nothing else is to begin.
    if (failure === null) parts.onPlanned()
    const hasNews = learned.length > 0 || change !== null
    if (hasNews && !(await commits.runQuick(() => journal(result.planned)))) {
      return readingsLeft > 0 ? planAndApply(readingsLeft - 1) : { kind: 'failed', failure: CONFLICT, finish: nothing }
    }
    const applied = change === null ? null : await applier.apply(change)
    const finish = (): void => {
      applied?.finish()
      if (titles !== undefined) parts.learnTitles(titles)
    }
    return failure === null ? { kind: 'done', outcome, reason, finish } : { kind: 'failed', failure, finish }
  }

  try {
    await takeUp()
    return await planAndApply(READINGS_AFTER_CONFLICT)
  } catch (error) {
    if (parts.isEnding()) return { kind: 'interrupted' }
    return { kind: 'failed', failure: failureOf(error), finish: nothing }
  }
}
