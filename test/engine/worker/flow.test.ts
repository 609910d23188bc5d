import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../shared/failures.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createFlowRun as createRun, full, unreachable } from '../../support/flow-run.ts'
import { transient } from '../../support/job-making.ts'
import { permanent } from '../../support/planning.ts'

/** A Notion that fails for some is asked so soon whether it fails for all. */
const FIRST_PROBE_MS = 200

describe('an outage', () => {
  test('holds the queue from the moment it is known, without a known end', () => {
    const { flow, clock, log } = createRun()
    expect(flow.hold()).toBeNull()
    expect(flow.attemptEnded('page:1', 1, unreachable)).toEqual([])
    expect(flow.hold()).toEqual({ kind: 'outage', outage: 'offline', since: clock.now() })
    expect(flow.opensAt()).toBeNull()
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { kind: 'offline' } }])
  })

  test('is asked about every 30 seconds, once at a time, and is over with the first answer', async () => {
    const { flow, state, pass, clock } = createRun()
    flow.attemptEnded('page:1', 1, unreachable)
    await pass(29_999)
    expect(state.probes).toBe(0)
    for (const count of [1, 2, 3]) {
      await pass(count === 1 ? 1 : 30_000)
      expect(state.probes).toBe(count)
      expect(flow.hold()).toMatchObject({ kind: 'outage' })
    }
    const answered = Promise.withResolvers<Failure | null>()
    state.answer = () => answered.promise
    await pass(120_000)
    flow.probeNow()
    expect(state.probes).toBe(4)
    answered.resolve(null)
    await endOfTurn()
    expect(state).toMatchObject({ probes: 4, opened: 1 })
    expect(flow.hold()).toBeNull()
    await pass(120_000)
    expect(state.probes).toBe(4)
    expect(clock.dueTimes()).toEqual([])
  })

  test('is over with any answer of Notion, a refusal included: that speaks to each job by itself', async () => {
    const { flow, state, pass } = createRun()
    flow.attemptEnded('page:1', 1, unreachable)
    state.answer = () => Promise.resolve(permanent)
    await pass(30_000)
    expect(flow.hold()).toBeNull()
    expect(state.opened).toBe(1)
  })

  test('goes on while Notion fails, and is asked about again after a probe that broke', async () => {
    const { flow, state, pass } = createRun()
    flow.attemptEnded('page:1', 1, unreachable)
    state.answer = () => Promise.resolve(transient)
    await pass(30_000)
    expect(flow.hold()).not.toBeNull()
    state.answer = () => Promise.reject(new Error('broken'))
    await pass(30_000)
    expect(flow.hold()).not.toBeNull()
    state.answer = () => Promise.resolve(null)
    await pass(30_000)
    expect(flow.hold()).toBeNull()
  })

  test('costs no attempt that was under way when it began, and an attempt that succeeds is what it is', () => {
    const { flow } = createRun()
    flow.attemptEnded('page:1', 1, unreachable)
    expect(flow.attemptEnded('page:2', 2, transient)).toEqual([])
    expect(flow.attemptEnded('page:3', 3, unreachable)).toEqual([])
    expect(flow.attemptEnded('page:4', 4, null)).toBeNull()
    expect(flow.attemptEnded('page:5', 5, permanent)).toBeNull()
  })

  test('begins at the third page in a row that Notion fails for, and gives the two before', () => {
    const { flow, log } = createRun()
    expect(flow.attemptEnded('page:1', 1, transient)).toBeNull()
    expect(flow.attemptEnded('page:2', 2, transient)).toBeNull()
    expect(flow.hold()).toBeNull()
    expect(flow.attemptEnded('page:3', 3, transient)).toEqual([1, 2])
    expect(flow.hold()).toMatchObject({ kind: 'outage', outage: 'failing' })
    expect(log.lines).toHaveLength(1)
  })

  test('of a Notion that fails is asked about at once, and every 30 seconds when that fails as well', async () => {
    const { flow, state, pass } = createRun()
    for (const page of [1, 2, 3]) flow.attemptEnded(`page:${page}`, page, transient)
    expect(state.probes).toBe(0)
    await pass(FIRST_PROBE_MS)
    expect(state.probes).toBe(1)
    await pass(29_999)
    expect(state.probes).toBe(1)
    await pass(1)
    expect(state.probes).toBe(2)
  })

  test('is asked about at once when somebody says so, and never after the end', async () => {
    const { flow, state, pass, clock } = createRun()
    flow.probeNow()
    expect(state.probes).toBe(0)
    flow.attemptEnded('page:1', 1, unreachable)
    flow.probeNow()
    await endOfTurn()
    expect(state.probes).toBe(1)
    await pass(30_000)
    expect(state.probes).toBe(2)
    flow.stop()
    flow.probeNow()
    await pass(300_000)
    expect(state.probes).toBe(2)
    expect(clock.dueTimes()).toEqual([])
  })
})

describe('a disk that refuses', () => {
  test('holds the queue at once, is tried every 30 seconds, and opens it when it takes the probe', async () => {
    const { flow, clock, log, state, pass } = createRun()
    const since = clock.now()
    expect(flow.attemptEnded('page:1', 1, full)).toEqual([])
    expect(flow.hold()).toEqual({ kind: 'disk', since, message: full.message })
    expect(flow.opensAt()).toBeNull()
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { code: 'ENOSPC' } }])
    await pass(30_000)
    state.diskAnswer = () => Promise.resolve(null)
    await pass(29_999)
    expect(flow.hold()).toMatchObject({ kind: 'disk', since })
    await pass(1)
    expect(flow.hold()).toBeNull()
    expect(state).toMatchObject({ diskProbes: 2, probes: 0, opened: 1 })
  })

  test('is no outage of Notion: who waits for the end of one does not wait for it', async () => {
    const { flow } = createRun()
    flow.attemptEnded('page:1', 1, full)
    await flow.outageOver(new AbortController().signal)
  })
})

describe('pages that Notion fails for while it answers the probe', () => {
  const contradicted = async () => {
    const run = createRun()
    run.state.answer = () => Promise.resolve(null)
    for (const page of [1, 2, 3]) run.flow.attemptEnded(`page:${page}`, page, transient)
    await run.pass(FIRST_PROBE_MS)
    expect(run.flow.hold()).toBeNull()
    return run
  }

  test('pay for the next row, and hold the queue with it until the answer, which is asked for at once', async () => {
    const { flow, state, pass } = await contradicted()
    for (const page of [1, 2, 3]) expect(flow.attemptEnded(`page:${page}`, page, transient)).toBeNull()
    await pass(FIRST_PROBE_MS - 1)
    expect(flow.hold()).toMatchObject({ kind: 'outage', outage: 'failing' })
    await pass(1)
    expect(flow.hold()).toBeNull()
    expect(state).toMatchObject({ probes: 2, opened: 2, refunded: [] })
  })

  test('wait 30 seconds for each next attempt, until one of theirs ends in another way', async () => {
    const { flow } = await contradicted()
    expect([1, 2, 3, 4].map((page) => flow.leastDelayMs(`page:${page}`))).toEqual([30_000, 30_000, 30_000, 0])
    flow.attemptEnded('page:2', 2, null)
    expect(flow.leastDelayMs('page:2')).toBe(0)
  })

  test('get it back when the probe fails as well; the others of their row at once', async () => {
    const { flow, state, pass } = await contradicted()
    state.answer = () => Promise.resolve(transient)
    for (const page of [4, 1, 2]) expect(flow.attemptEnded(`page:${page}`, page, transient)).toBeNull()
    expect(state.refunded).toEqual([[4]])
    await pass(30_000)
    await pass(30_000)
    expect(state.refunded).toEqual([[4], [1, 2]])
  })

  test('keep what they paid when the end of the program gave the probe up', async () => {
    const { flow, state, pass } = await contradicted()
    const givenUp = Promise.withResolvers<Failure | null>()
    state.answer = () => givenUp.promise
    for (const page of [1, 2, 3]) flow.attemptEnded(`page:${page}`, page, transient)
    await pass(30_000)
    flow.stop()
    givenUp.resolve(transient)
    await endOfTurn()
    expect(state.refunded).toEqual([])
  })
})

describe('who waits for the end of an outage', () => {
  const never = new AbortController().signal

  test('waits for nothing when there is none, and until it is over where there is one', async () => {
    const { flow, state, pass } = createRun()
    await flow.outageOver(never)
    flow.attemptEnded('page:1', 1, unreachable)
    let isOver = false
    const over = flow.outageOver(never).then(() => {
      isOver = true
    })
    await pass(120_000)
    expect(isOver).toBe(false)
    state.answer = () => Promise.resolve(null)
    await pass(30_000)
    expect(isOver).toBe(true)
    await over
  })

  test('waits for no person who paused the queue, nor for a rate limit', async () => {
    const { flow, clock, state } = createRun()
    state.pause = { until: null }
    state.rateLimitedUntil = clock.now() + 60_000
    expect(flow.hold()).not.toBeNull()
    await flow.outageOver(never)
  })

  test('is let go when the program ends', async () => {
    const { flow } = createRun()
    const ending = new AbortController()
    flow.attemptEnded('page:1', 1, unreachable)
    const over = flow.outageOver(ending.signal)
    ending.abort()
    await expect(over).rejects.toThrow()
    await expect(flow.outageOver(ending.signal)).rejects.toThrow()
  })
})

describe('a pause', () => {
  test('of a person holds the queue until its end, or for ever', () => {
    const { flow, clock, state } = createRun()
    const until = clock.now() + 1_000
    state.pause = { until }
    expect(flow.hold()).toEqual({ kind: 'paused', until })
    expect(flow.opensAt()).toBe(until)
    clock.advance(1_000)
    expect(flow.hold()).toBeNull()
    expect(flow.opensAt()).toBeNull()
    state.pause = { until: null }
    clock.advance(86_400_000)
    expect(flow.hold()).toEqual({ kind: 'paused', until: null })
    expect(flow.opensAt()).toBeNull()
  })

  test('that Notion asks for holds it until then', () => {
    const { flow, clock, state } = createRun()
    state.rateLimitedUntil = clock.now() + 7_000
    expect(flow.hold()).toEqual({ kind: 'rate-limited', until: clock.now() + 7_000 })
    expect(flow.opensAt()).toBe(clock.now() + 7_000)
  })

  test('of a person is what is told of several holds, and the last of them to end opens the queue', async () => {
    const { flow, clock, state, pass } = createRun()
    state.pause = { until: clock.now() + 60_000 }
    state.rateLimitedUntil = clock.now() + 90_000
    expect(flow.hold()).toMatchObject({ kind: 'paused' })
    expect(flow.opensAt()).toBe(clock.now() + 90_000)
    flow.attemptEnded('page:1', 1, unreachable)
    expect(flow.hold()).toMatchObject({ kind: 'paused' })
    expect(flow.opensAt()).toBeNull()
    state.answer = () => Promise.resolve(null)
    await pass(30_000)
    expect(flow.hold()).toMatchObject({ kind: 'paused' })
    expect(flow.opensAt()).toBe(clock.now() + 60_000)
  })
})
