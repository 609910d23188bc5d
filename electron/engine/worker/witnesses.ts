import type { Failure } from '../../../shared/failures.ts'

/** Enough that the pages which are tried when Notion begins to fail leave some. */
const KEPT = 20

/** So many probes in a row (ten minutes) may fail for witnesses' sake while Notion answers otherwise. */
const MOST_FAILURES = 20

/**
 * Pages that Notion gave, the newest ones. A Notion that can say who we are may still give no page to anybody: who wants to
 * know whether it fails for all or only for some asks for one of these too.
 */
export interface Witnesses {
  /** An attempt at this one ended; `failure` null: Notion gave it. */
  ended(entity: string, failure: Failure | null): void
  /** Which one to ask for next, each in its turn; null: there is none. */
  next(): string | null
  /**
   * A probe of one of them ended. Where they fail for too long while Notion answers otherwise, there are none any more: then
   * they may be ill themselves, and what they hold up has to get in front of a person.
   */
  probed(failure: Failure | null): void
}

export const createWitnesses = (): Witnesses => {
  let kept: readonly string[] = []
  let failures = 0
  return {
    ended: (entity, failure) => {
      kept = kept.filter((other) => other !== entity)
      if (failure === null) kept = [...kept, entity].slice(-KEPT)
    },
    next: () => {
      const [first, ...others] = kept
      if (first === undefined) return null
      kept = [...others, first]
      return first
    },
    probed: (failure) => {
      failures = failure === null ? 0 : failures + 1
      if (failures < MOST_FAILURES) return
      kept = []
      failures = 0
    },
  }
}
