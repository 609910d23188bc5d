/** So many at once, and so many a second after that. */
interface FloodLimits {
  readonly burst: number
  readonly perSecond: number
}

/** What requests without a signature can cost. Signed ones never ask: Notion's are never refused for a stranger's. */
export const UNSIGNED: FloodLimits = { burst: 100, perSecond: 10 }

/**
 * What events can cost that a pending token signed: each is proven by requests to Notion, and anybody can send a token while
 * pairing is open. Notion repeats one that is not proven now.
 */
export const PROOFS: FloodLimits = { burst: 20, perSecond: 0.5 }

export const createFloodGuard = (nowMs: () => number, { burst, perSecond }: FloodLimits): { admits(): boolean } => {
  let tokens = burst
  let filledAt = nowMs()
  return {
    admits: () => {
      const now = nowMs()
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
