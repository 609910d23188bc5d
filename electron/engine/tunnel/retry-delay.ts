import type { ProbeBudget } from './probe-budget.ts'

const FIRST_MS = 1_000
const LONGEST_MS = 60_000

const delayMs = (failures: number, longestMs: number): number =>
  Math.min(longestMs, FIRST_MS * 2 ** Math.min(30, failures))

/** The time to the next try after so many failures before this one (ms): doubled by each, a minute at last. */
export const retryDelayMs = (failures: number): number => delayMs(failures, LONGEST_MS)

/**
 * The same where each try costs a probe (ms). A fault of a day cannot have one a minute, so the minute grows, evenly by its
 * factor, with what the fault has taken of the probes to spare; where all is taken it is what the budget can pay for ever.
 * So the way is looked at again within one such step of the fault's end, however long the fault lasts.
 */
export const probeRetryDelayMs = (failures: number, budget: Pick<ProbeBudget, 'paceMs' | 'scarcity'>): number =>
  delayMs(failures, LONGEST_MS * (budget.paceMs / LONGEST_MS) ** budget.scarcity())
