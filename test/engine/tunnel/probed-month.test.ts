import { describe, expect, test } from 'vitest'
import { unlimitedProbes } from '../../../electron/engine/tunnel/probe-budget.ts'
import { ADDRESS, failureOf, startTunnelStage } from '../../support/tunnel-stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('a month of probes', () => {
  test('a tunnel is probed less and less often while it holds, and never more than the month can pay', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    await stage.pass(28 * 24 * HOUR, MINUTE)
    const gaps = stage.probes.slice(1).map((at, nth) => Math.round((at - stage.probes[nth]!) / MINUTE))
    expect(gaps.slice(0, 5)).toEqual([2, 4, 8, 16, 32])
    expect(new Set(gaps.slice(5))).toEqual(new Set([43]))
    expect(stage.probes.length).toBeGreaterThan(900)
    expect(stage.probes.length).toBeLessThanOrEqual(1000)
    expect(stage.state()).toBe('reachable')
  }, 60_000)

  test('a tunnel that leads nowhere costs no more than the month can pay either', async () => {
    const stage = startTunnelStage({ first: { probe: failureOf('elsewhere') } })
    await stage.pass(3 * 24 * HOUR, 10_000)
    expect(stage.probes.length).toBeLessThanOrEqual(60 + Math.ceil((3 / 28) * 940))
    expect(stage.state()).toBe('unreachable')
    stage.answers.probe = 'returns'
    await stage.pass(45 * MINUTE, 10_000)
    expect(stage.state()).toBe('reachable')
  }, 60_000)
})

describe('a fault that only probes find', () => {
  const faulty = { first: { probe: failureOf('elsewhere') } } as const
  const gapsOf = (probes: readonly number[]) => probes.slice(1).map((at, nth) => (at - probes[nth]!) / 1000)
  const PACE_MS = 43 * MINUTE

  /** How long after its end it is reachable again (ms). */
  const timeToRecover = async (stage: ReturnType<typeof startTunnelStage>): Promise<number> => {
    stage.answers.probe = 'returns'
    const endedAt = stage.clock.now()
    while (stage.state() !== 'reachable' && stage.clock.now() - endedAt < 2 * HOUR) await stage.pass(500)
    return stage.clock.now() - endedAt
  }

  test('is looked at after 1, 2, 4 … seconds, and once a minute for half an hour', async () => {
    const stage = startTunnelStage(faulty)
    await stage.pass(30 * MINUTE, 500)
    const gaps = gapsOf(stage.probes)
    expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32])
    expect(new Set(gaps.slice(6))).toEqual(new Set([60]))
  })

  test('is then looked at less and less often, never sooner again, and never out of probes', async () => {
    const stage = startTunnelStage(faulty)
    await stage.pass(3 * 24 * HOUR, 10_000)
    const minutes = gapsOf(stage.probes).map((seconds) => Math.ceil(seconds / 60))
    expect(minutes).toEqual(minutes.toSorted((a, b) => a - b))
    expect(minutes.at(-1)).toBe(43)
  }, 60_000)

  test('tells when it is looked at again, once that is no more a matter of a minute, and how to have it sooner', async () => {
    const stage = startTunnelStage(faulty)
    await stage.pass(30 * MINUTE, 500)
    expect(stage.message()).toBe('elsewhere, in plain words.')
    await stage.pass(2 * HOUR, 500)
    const [dueAt] = stage.clock.dueTimes()
    expect(stage.message()).toBe(
      `elsewhere, in plain words. It has lasted: it is looked at again at ${new Date(dueAt!).toISOString()}, and at each start.`,
    )
    expect(stage.log.lines.map(({ message }) => message)).toEqual(['elsewhere, in plain words.'])
    stage.asked.at(-1)!.lose(failureOf('lost'))
    await stage.settled()
    expect(stage.message()).toBe('lost, in plain words.')
  })

  test('at an address that nobody counts for is looked at once a minute, however long it lasts', async () => {
    const stage = startTunnelStage({ ...faulty, budget: () => unlimitedProbes })
    await stage.pass(6 * HOUR, 1_000)
    expect(new Set(gapsOf(stage.probes).slice(6))).toEqual(new Set([60]))
  }, 60_000)

  test.each([
    ['2 minutes', 2 * MINUTE, MINUTE],
    ['25 minutes', 25 * MINUTE, MINUTE],
    ['an hour', HOUR, 10 * MINUTE],
    ['2 hours', 2 * HOUR, 30 * MINUTE],
    ['a day', 24 * HOUR, PACE_MS],
    ['3 days', 72 * HOUR, PACE_MS],
  ])(
    'and lasted %s is over within a step and 5 seconds of its end',
    async (_, lastedMs, stepMs) => {
      const stage = startTunnelStage()
      await stage.pass(30 * MINUTE, 1_000)
      stage.answers.probe = failureOf('ERR_NGROK_727')
      while (stage.state() === 'reachable') await stage.pass(1_000)
      await stage.pass(lastedMs, 2_000)
      expect(await timeToRecover(stage)).toBeLessThanOrEqual(stepMs + 5_000)
    },
    60_000,
  )

  test('leaves probes for a machine that wakes, or is started again, after days of it', async () => {
    const stage = startTunnelStage(faulty)
    await stage.pass(3 * 24 * HOUR, 10_000)
    for (let wakes = 0; wakes < 3; wakes += 1) {
      stage.supervisor.lookNow()
      await stage.settled()
      expect(stage.message()).toBe('elsewhere, in plain words.')
    }
    stage.answers.probe = 'returns'
    stage.supervisor.lookNow()
    await stage.settled()
    expect(stage.state()).toBe('reachable')
  }, 60_000)

  test('and comes back after a tunnel had held is looked at after 1, 2, 4 … seconds again', async () => {
    const stage = startTunnelStage(faulty)
    await stage.pass(10 * MINUTE, 500)
    await timeToRecover(stage)
    await stage.pass(MINUTE)
    stage.answers.probe = failureOf('elsewhere')
    while (stage.state() === 'reachable') await stage.pass(500)
    const { length } = stage.probes
    await stage.pass(20_000, 500)
    expect(gapsOf(stage.probes.slice(length - 1))).toEqual([1, 2, 4, 8])
  })
})

test('a machine that wakes twenty times a day is proven each time, all the month', async () => {
  const stage = startTunnelStage()
  await stage.settled()
  for (let day = 0; day < 28; day += 1) {
    for (let wakes = 0; wakes < 20; wakes += 1) {
      await stage.pass(30 * MINUTE, MINUTE)
      stage.supervisor.lookNow()
      await stage.settled()
      expect(stage.state()).toBe('reachable')
    }
    await stage.pass(14 * HOUR, MINUTE)
    expect(stage.state()).toBe('reachable')
  }
  expect(stage.probes.length).toBeLessThanOrEqual(1000)
}, 60_000)

describe('without probes left', () => {
  const none = (now: () => number) => ({
    take: () => false,
    waitMs: () => Math.max(0, Date.UTC(2026, 10, 23, 13) - now()),
    paceMs: HOUR,
    hasToSpare: () => true,
    scarcity: () => 0,
  })

  test('it is not called reachable, and a person reads when it is checked', async () => {
    const stage = startTunnelStage({ budget: none })
    await stage.settled()
    expect(stage.state()).toBe('checking')
    expect(stage.message()).toBe(
      `The probes of this month are used up for now; whether Notion can reach ${ADDRESS} is checked at 2026-11-23T13:00:00.000Z.`,
    )
  })

  test('a delivery through the address proves it all the same', async () => {
    const stage = startTunnelStage({ budget: none })
    await stage.settled()
    stage.supervisor.delivered('here')
    expect(stage.state()).toBe('reachable')
    expect(stage.reachable).toEqual([ADDRESS])
  })
})
