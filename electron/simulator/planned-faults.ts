import type { FaultPlan } from './fault-plans.ts'

export interface StandingFault {
  readonly plan: FaultPlan
  /** How many requests fitted since it was planned. */
  readonly seen: number
  /** How many requests it still takes; null for all. */
  readonly left: number | null
}

export interface PlannedFaults {
  add(plan: FaultPlan): void
  clear(): void
  /** The plans that are not used up, oldest first. */
  list(): readonly StandingFault[]
  /** What befalls this request: the oldest plan that fits and is due; null when it is to be answered properly. */
  next(path: string): FaultPlan | null
}

export const createPlannedFaults = (): PlannedFaults => {
  let standing: readonly StandingFault[] = []
  return {
    add: (plan) => {
      if (plan.times === null || plan.times > 0) standing = [...standing, { plan, seen: 0, left: plan.times }]
    },
    clear: () => {
      standing = []
    },
    list: () => standing,
    next: (path) => {
      if (standing.length === 0) return null
      let found: FaultPlan | null = null
      const remaining: StandingFault[] = []
      for (const fault of standing) {
        const { plan, left } = fault
        if (plan.match !== undefined && path.search(plan.match) === -1) {
          remaining.push(fault)
          continue
        }
        const seen = fault.seen + 1
        if (found !== null || seen % (plan.everyNth ?? 1) !== 0) {
          remaining.push({ plan, seen, left })
          continue
        }
        found = plan
        if (left === null) remaining.push({ plan, seen, left })
        else if (left > 1) remaining.push({ plan, seen, left: left - 1 })
      }
      standing = remaining
      return found
    },
  }
}
