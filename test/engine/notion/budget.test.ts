import { describe, expect, test } from 'vitest'
import type { Clock } from '../../../electron/engine/foundation/clock.ts'
import { createRequestBudget } from '../../../electron/engine/notion/budget.ts'
import { createRandom } from '../../../electron/simulator/seeded-random.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const never = new AbortController().signal

/** Takes once; gives a look at whether the request may leave. */
const taking = (budget: ReturnType<typeof createRequestBudget>, signal = never) => {
  const place = { isFree: false }
  void budget.take(signal).then(
    () => {
      place.isFree = true
    },
    () => undefined,
  )
  return place
}

describe('the window', () => {
  test.each([1, 5, 180])('never takes in more than %i requests, however they arrive', async (limit) => {
    const clock = createManualClock()
    const budget = createRequestBudget(clock, limit)
    const random = createRandom(limit)
    const sentAt: number[] = []
    const wanted = limit * 6
    let asked = 0
    for (let turn = 0; sentAt.length < wanted && turn < 10_000; turn += 1) {
      for (let more = random.below(limit + 1); more > 0 && asked < wanted; more -= 1) {
        asked += 1
        void budget.take(never).then(() => sentAt.push(clock.monotonicMs()))
      }
      if (random.chance(0.05)) budget.pauseFor(random.below(90_000))
      await endOfTurn()
      clock.advance(random.below(20_000))
      await endOfTurn()
    }
    expect(sentAt).toHaveLength(wanted)
    let windowStart = Number.NEGATIVE_INFINITY
    let within = 0
    for (const at of sentAt) {
      if (at - windowStart >= 60_000) {
        windowStart = at
        within = 0
      }
      within += 1
      expect(within).toBeLessThanOrEqual(limit)
    }
  })

  test('may be spent in one burst, and the next request leaves the moment it ends', async () => {
    const clock = createManualClock()
    const budget = createRequestBudget(clock, 3)
    const burst = [taking(budget), taking(budget), taking(budget)]
    await endOfTurn()
    expect(burst.map((place) => place.isFree)).toEqual([true, true, true])
    const next = taking(budget)
    clock.advance(59_999)
    await endOfTurn()
    expect(next.isFree).toBe(false)
    clock.advance(1)
    await endOfTurn()
    expect(next.isFree).toBe(true)
  })
})

describe('a pause', () => {
  test('holds everybody back until it ends, those included that wait already', async () => {
    const clock = createManualClock()
    const budget = createRequestBudget(clock, 1)
    await budget.take(never)
    const before = taking(budget)
    clock.advance(30_000)
    await endOfTurn()
    budget.pauseFor(90_000)
    const after = taking(budget)
    expect(budget.pausedUntil()).toBe(clock.now() + 90_000)
    clock.advance(89_999)
    await endOfTurn()
    expect([before.isFree, after.isFree]).toEqual([false, false])
    clock.advance(1)
    await endOfTurn()
    expect([before.isFree, after.isFree].filter(Boolean)).toHaveLength(1)
    expect(budget.pausedUntil()).toBeNull()
  })

  test('is never shortened by a shorter one', async () => {
    const clock = createManualClock()
    const budget = createRequestBudget(clock, 10)
    budget.pauseFor(60_000)
    budget.pauseFor(1_000)
    const place = taking(budget)
    clock.advance(59_999)
    await endOfTurn()
    expect(place.isFree).toBe(false)
    clock.advance(1)
    await endOfTurn()
    expect(place.isFree).toBe(true)
  })
})

describe('a clock that is set back', () => {
  test('does not hold a window open for longer than a window lasts', async () => {
    const clock = createManualClock()
    let backMs = 0
    const jumping: Clock = { ...clock, monotonicMs: () => clock.monotonicMs() - backMs }
    const budget = createRequestBudget(jumping, 1)
    clock.advance(10_000_000)
    await budget.take(never)
    backMs = 9_000_000
    const place = taking(budget)
    clock.advance(60_000)
    await endOfTurn()
    expect(place.isFree).toBe(true)
  })

  test('does not lengthen a pause, when it is the time of day that jumps', async () => {
    const clock = createManualClock()
    let backMs = 0
    const budget = createRequestBudget({ ...clock, now: () => clock.now() - backMs }, 1)
    budget.pauseFor(30_000)
    backMs = 86_400_000
    const place = taking(budget)
    clock.advance(30_000)
    await endOfTurn()
    expect(place.isFree).toBe(true)
    expect(budget.pausedUntil()).toBeNull()
  })
})

test('Aborting rejects who waits, and takes no place from the others', async () => {
  const clock = createManualClock()
  const budget = createRequestBudget(clock, 1)
  await budget.take(never)
  const ending = new AbortController()
  const givenUp = budget.take(ending.signal)
  const other = taking(budget)
  ending.abort(new Error('the program ends'))
  await expect(givenUp).rejects.toThrow('the program ends')
  await expect(budget.take(ending.signal)).rejects.toThrow('the program ends')
  clock.advance(60_000)
  await endOfTurn()
  expect(other.isFree).toBe(true)
})
