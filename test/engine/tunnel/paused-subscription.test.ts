import { describe, expect, test } from 'vitest'
import { createPausedSubscription } from '../../../electron/engine/tunnel/paused-subscription.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const HOUR = 3_600_000

/** Twenty arrivals, one an hour, the last just now; then time goes by. */
const startStage = (gapMs = HOUR, count = 20) => {
  const clock = createManualClock()
  const begunAt = clock.now()
  const arrivals = Array.from({ length: count }, (_, nth) => begunAt - nth * gapMs)
  const state: { since: number | null } = { since: begunAt - 30 * 24 * HOUR }
  const subscription = createPausedSubscription({
    clock,
    recentArrivals: (limit) => arrivals.slice(0, limit),
    reachableSince: () => state.since,
  })
  return { clock, arrivals, state, subscription }
}

describe('a subscription is probably paused', () => {
  test('when a catch-up finds changes and nothing came for longer than ever between two events', () => {
    const { clock, subscription } = startStage()
    clock.advance(HOUR + 1)
    subscription.caughtUp(3)
    expect(subscription.problem()).toEqual({
      code: 'subscription-paused',
      severity: 'failure',
      message:
        'Notion has sent nothing since 2026-11-23T12:00:00.000Z, yet a catch-up found 3 changes: it has probably paused the subscription. In Notion, open Settings, Connections, your connection, Webhooks, and resume it there.',
    })
  })

  test('until the next event comes', () => {
    const { clock, arrivals, subscription } = startStage()
    clock.advance(2 * HOUR)
    subscription.caughtUp(1)
    expect(subscription.problem()?.message).toContain('found 1 change:')
    arrivals.unshift(clock.now())
    expect(subscription.problem()).toBeNull()
    arrivals.shift()
    expect(subscription.problem()).toBeNull()
  })
})

describe('nothing is said', () => {
  test('of a silence that is usual: a weekend is one', () => {
    const { clock, arrivals, subscription } = startStage()
    arrivals.splice(10, 10, ...arrivals.slice(10).map((at) => at - 60 * HOUR))
    clock.advance(59 * HOUR)
    subscription.caughtUp(9)
    expect(subscription.problem()).toBeNull()
  })

  test('of an hour, however busy it was before', () => {
    const { clock, subscription } = startStage(1000)
    clock.advance(HOUR)
    subscription.caughtUp(9)
    expect(subscription.problem()).toBeNull()
  })

  test('where the catch-up found nothing', () => {
    const { clock, subscription } = startStage()
    clock.advance(48 * HOUR)
    subscription.caughtUp(0)
    expect(subscription.problem()).toBeNull()
  })

  test('where nothing could come: not reachable, or only since a moment ago', () => {
    const { clock, state, subscription } = startStage()
    clock.advance(48 * HOUR)
    state.since = null
    subscription.caughtUp(9)
    expect(subscription.problem()).toBeNull()
    state.since = clock.now() - HOUR / 2
    subscription.caughtUp(9)
    expect(subscription.problem()).toBeNull()
  })

  test('before enough came to know what is usual', () => {
    const { clock, subscription } = startStage(HOUR, 3)
    clock.advance(6 * HOUR)
    subscription.caughtUp(9)
    expect(subscription.problem()).toBeNull()
    clock.advance(1)
    subscription.caughtUp(9)
    expect(subscription.problem()).not.toBeNull()
  })
})
