import type { Random } from './seeded-random.ts'

export interface Unsteadiness {
  /** From 0 to 1: how likely an event is to come twice. */
  readonly duplicateShare: number
  /** From 0 to 1: how likely an event is never to come, not even once of twice. */
  readonly lossShare: number
  /** How many places anything moves at most, towards either end; 0 keeps the order. */
  readonly reorderWithin: number
}

export interface Arrivals<T> {
  /** As they arrive: the second of a duplicate follows the first until reordering moves them. */
  readonly arriving: readonly T[]
  /** In the order in which they were sent. */
  readonly lost: readonly T[]
}

/**
 * Every place is delayed by less than `reorderWithin` + 1 places, so one overtakes another only from within
 * `reorderWithin` places behind it: nothing moves further, neither forwards nor back.
 */
const reordered = <T>(items: readonly T[], reorderWithin: number, random: Random): readonly T[] =>
  items
    .map((item, place) => ({ item, due: place + random.next() * (reorderWithin + 1) }))
    .toSorted((one, other) => one.due - other.due)
    .map(({ item }) => item)

/**
 * What becomes of events on a way that loses, repeats and shuffles them. Each event has luck of its own: which are lost
 * depends on the random numbers and `lossShare` alone, which come twice on these and `duplicateShare`.
 */
export const unsteadyArrivals = <T>(events: readonly T[], plan: Unsteadiness, random: Random): Arrivals<T> => {
  const fates = events.map((event) => ({
    event,
    isLost: random.chance(plan.lossShare),
    isTwice: random.chance(plan.duplicateShare),
  }))
  const sent = fates
    .filter(({ isLost }) => !isLost)
    .flatMap(({ event, isTwice }) => (isTwice ? [event, event] : [event]))
  return {
    arriving: reordered(sent, plan.reorderWithin, random),
    lost: fates.filter(({ isLost }) => isLost).map(({ event }) => event),
  }
}
