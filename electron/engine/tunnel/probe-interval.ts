import type { ProbeBudget } from './probe-budget.ts'

/** Soon after something changed the next break is likeliest; a loop that held for long is looked at rarely. */
const FIRST_MS = 2 * 60_000

/**
 * The time from one proof to the next probe (ms): doubled by each proof since the tunnel opened, up to what the budget can
 * pay for ever. Where little is left it is twice that, so that something is there each time the machine wakes.
 */
export const probeIntervalMs = (proofs: number, budget: Pick<ProbeBudget, 'paceMs' | 'hasToSpare'>): number =>
  budget.hasToSpare()
    ? Math.min(budget.paceMs, FIRST_MS * 2 ** Math.min(30, Math.max(0, proofs - 1)))
    : 2 * budget.paceMs
