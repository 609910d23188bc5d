import type { ChangeApplier } from '../../electron/engine/cache/apply.ts'
import type { RecordChange } from '../../electron/engine/cache/plan.ts'

/** A change applier without files: what it was asked for, in order, and the plans that it keeps. */
export interface MemoryApplier extends ChangeApplier {
  readonly steps: readonly string[]
  /** Left to the test: what a crash would leave, and what the record's revision is; by page. */
  readonly plans: Map<string, RecordChange>
  readonly revisions: Map<string, number>
  /** Thrown by the next `apply`, once. */
  failNext(error: Error): void
}

export const createMemoryApplier = (): MemoryApplier => {
  const steps: string[] = []
  const plans = new Map<string, RecordChange>()
  const revisions = new Map<string, number>()
  let failures: readonly Error[] = []
  const named = (what: string, change: RecordChange): string => `${what} ${change.pageId} from ${change.baseRevision}`
  return {
    steps,
    plans,
    revisions,
    failNext: (error) => {
      failures = [...failures, error]
    },
    journal: (change) => {
      steps.push(named('journal', change))
      plans.set(change.pageId, change)
    },
    journaled: (pageId) => plans.get(pageId) ?? null,
    isCurrent: (change) => (revisions.get(change.pageId) ?? 0) === change.baseRevision,
    apply: async (change) => {
      steps.push(named('apply', change))
      const [error, ...others] = failures
      failures = others
      if (error !== undefined) throw error
      return {
        finish: () => {
          steps.push(named('finish', change))
          revisions.set(change.pageId, change.baseRevision + 1)
          plans.delete(change.pageId)
        },
      }
    },
    drop: (pageId) => {
      steps.push('drop')
      plans.delete(pageId)
    },
  }
}
