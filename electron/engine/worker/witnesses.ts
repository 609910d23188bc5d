import type { Failure } from '../../../shared/failures.ts'

/** Enough that the pages which are tried when Notion begins to fail leave others. */
const KEPT = 20

/** As many different pages as it takes to speak of an outage: see `NOTION_OUTAGE`. */
const ENOUGH = 3

/** So many probes in a row (ten minutes) fewer pages may fail while Notion answers otherwise. */
const MOST_FAILURES = 20

/**
 * Pages that Notion gave, the newest ones. A Notion that can say who we are may still give no page to anybody: who wants to
 * know whether it fails for all or only for some asks for one of these too, each in its turn. The outage is over with the
 * first one that is given; so where all of them fail, it is one, however long it lasts.
 */
export interface Witnesses {
  /** An attempt at this one ended; `failure` null: Notion gave it. */
  ended(entity: string, failure: Failure | null): void
  /** Which one to ask for next; null: there is none. */
  next(): string | null
  /**
   * A probe of one of them ended. Fewer than three that fail for too long say nothing of others: they may be ill themselves,
   * and what they hold up has to get in front of a person.
   */
  probed(entity: string, failure: Failure | null): void
}

/** `held`: entities that Notion gave at some time, the newest first: for a program that has just started. */
export const createWitnesses = (held: (limit: number) => readonly string[]): Witnesses => {
  let kept: readonly string[] = []
  const ill = new Set<string>()
  const failed = new Set<string>()
  let failures = 0

  const without = (entity: string): readonly string[] => kept.filter((other) => other !== entity)

  const known = (): readonly string[] => {
    if (kept.length >= ENOUGH) return kept
    const more = held(KEPT).filter((entity) => !kept.includes(entity) && !ill.has(entity))
    return [...kept, ...more].slice(0, KEPT)
  }

  return {
    ended: (entity, failure) => {
      if (failure === null) {
        ill.delete(entity)
        kept = [...without(entity), entity].slice(-KEPT)
      } else if (failure.stops !== 'notion') {
        kept = without(entity)
      } else if (kept.includes(entity)) {
        // Asked last: it is known to fail.
        kept = [...without(entity), entity]
      }
    },
    next: () => {
      const [first, ...others] = known()
      if (first === undefined) return null
      kept = [...others, first]
      return first
    },
    probed: (entity, failure) => {
      if (failure === null) {
        failed.clear()
        failures = 0
        return
      }
      failed.add(entity)
      failures += 1
      if (failures < MOST_FAILURES || failed.size >= ENOUGH) return
      for (const each of failed) {
        ill.add(each)
        kept = without(each)
      }
      failed.clear()
      failures = 0
    },
  }
}
