import type { Failure } from '../../../shared/failures.ts'
import type { JobOutcome } from '../../../shared/jobs.ts'
import type { ChangeApplier } from '../cache/apply.ts'
import type { SourceFacts } from '../cache/catalogue.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import { errorCode, errorText } from '../foundation/errors.ts'
import type { PlanResult } from '../processors/planned.ts'

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
  /** True when the program is ending and requests are given up. */
  readonly isEnding: () => boolean
}

export interface AttemptJob {
  readonly id: number
}

const nothing = (): void => undefined

/** Node's own codes (ERR_INVALID_ARG_TYPE) tell of a wrong call; the disk's are the system's (ENOSPC) and SQLite's. */
const isOfTheDisk = (code: string): boolean => code === 'ERR_SQLITE_ERROR' || !code.startsWith('ERR_')

/** A fault of the disk may pass; anything else that was thrown is a bug, and a person should see it. */
const failureOf = (error: unknown): Failure => {
  const code = errorCode(error)
  return code === null || !isOfTheDisk(code)
    ? { kind: 'permanent', code: 'internal', message: `Blackcore Sync has a fault: ${errorText(error)}` }
    : {
        kind: 'transient',
        code,
        message: `The disk refuses: ${errorText(error)}. Check its space and its permissions.`,
      }
}

/**
 * One attempt: carry out the plan that a crash or a refusing disk left; then read, plan, journal, apply. In each step
 * a crash may come: the job is still active then, and its next attempt begins here again. A plan that was left is
 * never the last word: Notion is asked for the newest state all the same.
 */
export const runAttempt = async (parts: AttemptParts, job: AttemptJob): Promise<AttemptEnd> => {
  const { applier, commits } = parts

  const takeUp = async (): Promise<void> => {
    const left = applier.journaled(job.id)
    if (left === null) return
    const applied = applier.isCurrent(left) ? await applier.apply(job.id, left) : null
    await commits.run(() => {
      applied?.finish()
      applier.drop(job.id)
    })
  }

  const planAndApply = async (): Promise<AttemptEnd> => {
    const result = await parts.plan(job)
    if (parts.isEnding()) return { kind: 'interrupted' }
    if (!result.ok) return { kind: 'failed', failure: result.failure, finish: nothing }
    const { change, outcome, reason, learned, failure } = result.planned
    if (learned.length > 0 || change !== null) {
      await commits.run(() => {
        parts.learn(learned)
        if (change !== null) applier.journal(job.id, change)
      })
    }
    const applied = change === null ? null : await applier.apply(job.id, change)
    const finish = (): void => {
      applied?.finish()
    }
    return failure === null ? { kind: 'done', outcome, reason, finish } : { kind: 'failed', failure, finish }
  }

  try {
    await takeUp()
    return await planAndApply()
  } catch (error) {
    if (parts.isEnding()) return { kind: 'interrupted' }
    return { kind: 'failed', failure: failureOf(error), finish: nothing }
  }
}
