/** Soon after something changed the next break is likeliest; a loop that held for long is looked at rarely. */
const FIRST_MS = 2 * 60_000

/**
 * The time from one proof to the next probe (ms): doubled by each proof since the tunnel opened, up to what the budget can
 * pay for ever.
 */
export const probeIntervalMs = (proofs: number, paceMs: number): number =>
  Math.min(paceMs, FIRST_MS * 2 ** Math.min(30, Math.max(0, proofs - 1)))
