import { describe, expect, test } from 'vitest'
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
    stage.supervisor.delivered(true)
    expect(stage.state()).toBe('reachable')
    expect(stage.reachable).toEqual([ADDRESS])
  })
})
