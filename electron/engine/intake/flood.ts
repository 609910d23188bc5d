/** Lets this many unsigned requests through at once, and this many a second after that. */
const BURST = 100
const PER_SECOND = 10

/** Bounds what requests without a signature can cost. Signed ones never ask it: Notion's are never refused for a stranger's. */
export const createFloodGuard = (nowMs: () => number): { admits(): boolean } => {
  let tokens = BURST
  let filledAt = nowMs()
  return {
    admits: () => {
      const now = nowMs()
      tokens = Math.min(BURST, tokens + ((now - filledAt) / 1000) * PER_SECOND)
      filledAt = now
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
