const FIRST_DELAY_MS = 2_000

/** Longest delay between two attempts, whatever their number. */
const LONGEST_DELAY_MS = 3_600_000

/** Spreads attempts that failed together over a quarter of the delay. */
const JITTER_SHARE = 0.25

/**
 * The delay before the next attempt: 2 s, 4 s, 8 s, … and up to a quarter more.
 * `failedAttempts`: 1 after the first failure. `random`: from 0 to 1.
 */
export const backoffMs = (failedAttempts: number, random: number): number => {
  const base = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failedAttempts - 1))
  return Math.round(base * (1 + JITTER_SHARE * random))
}
