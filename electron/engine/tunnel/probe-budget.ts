import { z } from 'zod'
import { parsedJson } from '../../../shared/json.ts'

/** ngrok's free plan has 20,000 requests a month; probes take at most a twentieth of them. */
const PROBES_A_MONTH = 1_000
const SHORTEST_MONTH_MS = 28 * 86_400_000

/** So many may follow each other closely, as when a network comes and goes; the rest of the month pays for them. */
const BURST = 60

/** A fault takes its probes freely down to SCARCE, more and more sparingly then, and leaves KEPT: for a wake, for a start. */
const SCARCE = 24
const KEPT = 6

/** Any month has BURST at most that were saved before it, and what is earned in it. */
const MS_A_PROBE = SHORTEST_MONTH_MS / (PROBES_A_MONTH - BURST)

const savedSchema = z.object({ probes: z.number().min(0).max(BURST), at: z.number() })

/** What of the budget outlives a restart: starting again and again must not cost more either. */
export interface BudgetNotes {
  probeBudget(): string | null
  noteProbeBudget(text: string): void
}

/** How many probes may be sent, whatever goes on: never more than 1,000 in any 28 days. */
export interface ProbeBudget {
  /** Takes one out of the budget. False: it is used up for now. */
  take(): boolean
  /** How long until one may be sent (ms); 0: now. */
  waitMs(): number
  /** The time between probes that the budget can pay for ever (ms). */
  readonly paceMs: number
  /** There is enough to look soon again; what is less is kept for the times when the machine wakes. */
  hasToSpare(): boolean
  /** How sparingly a fault is to be looked at: from 0, as often as is wished, to 1, no more often than the pace. */
  scarcity(): number
}

export const createProbeBudget = (notes: BudgetNotes, now: () => number): ProbeBudget => {
  const saved = savedSchema.safeParse(parsedJson(notes.probeBudget() ?? ''))
  let state = saved.success ? saved.data : { probes: BURST, at: now() }

  /** A clock that was set back earns nothing, and loses nothing. */
  const refill = (): void => {
    const at = now()
    const earned = Math.max(0, at - state.at) / MS_A_PROBE
    state = { probes: Math.min(BURST, state.probes + earned), at }
  }

  return {
    take: () => {
      refill()
      if (state.probes < 1) return false
      state = { ...state, probes: state.probes - 1 }
      notes.noteProbeBudget(JSON.stringify(state))
      return true
    },
    waitMs: () => {
      refill()
      return state.probes >= 1 ? 0 : Math.ceil((1 - state.probes) * MS_A_PROBE)
    },
    paceMs: MS_A_PROBE,
    hasToSpare: () => {
      refill()
      return state.probes >= BURST / 2
    },
    scarcity: () => {
      refill()
      return Math.min(1, Math.max(0, (SCARCE - state.probes) / (SCARCE - KEPT)))
    },
  }
}

/** Nobody counts the requests to a public address of our own. */
export const unlimitedProbes: ProbeBudget = {
  take: () => true,
  waitMs: () => 0,
  paceMs: 5 * 60_000,
  hasToSpare: () => true,
  scarcity: () => 0,
}
