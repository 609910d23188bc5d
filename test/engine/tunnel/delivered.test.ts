import { describe, expect, test } from 'vitest'
import { failureOf, startTunnelStage } from '../../support/tunnel-stage.ts'

const MINUTE = 60_000

describe('a delivery through the address', () => {
  test('is proof: the next probe waits as after one', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    await stage.pass(MINUTE)
    stage.supervisor.delivered(true)
    await stage.pass(MINUTE)
    expect(stage.probes).toHaveLength(1)
    expect(stage.supervisor.reach().provenAt).toBe('2026-11-23T12:01:00.000Z')
    await stage.pass(4 * MINUTE)
    expect(stage.probes).toHaveLength(2)
  })

  test('outweighs a probe that fails meanwhile: our own way there is not Notion’s', async () => {
    const stage = startTunnelStage({ first: { probe: 'waits' } })
    await stage.settled()
    stage.supervisor.delivered(true)
    await stage.settleProbe(failureOf('no-way'))
    expect(stage.state()).toBe('reachable')
    expect(stage.asked[0]!.isClosed).toBe(false)
  })

  test('proves nothing while no tunnel is open', async () => {
    const stage = startTunnelStage({ first: { opening: failureOf('ERR_NGROK_108') } })
    await stage.settled()
    stage.supervisor.delivered(true)
    expect(stage.state()).toBe('unreachable')
    expect(stage.reachable).toEqual([])
  })
})

describe('while our own way to the address is broken', () => {
  const blocked = { first: { probe: failureOf('no-way') } } as const

  test('the tunnel stays open: deliveries may come all the same', async () => {
    const stage = startTunnelStage(blocked)
    let open = 0
    for (let second = 0; second < 600; second += 1) {
      await stage.pass(1000)
      if (stage.asked.some(({ isClosed }) => !isClosed)) open += 1
    }
    expect(stage.state()).toBe('unreachable')
    expect(open).toBe(600)
  })

  test('a delivery proves the loop, at any moment, and the tunnel is kept', async () => {
    const stage = startTunnelStage(blocked)
    await stage.pass(90_000, 1000)
    const { length } = stage.asked
    stage.supervisor.delivered(true)
    expect(stage.state()).toBe('reachable')
    await stage.pass(MINUTE, 1000)
    expect(stage.state()).toBe('reachable')
    expect(stage.asked).toHaveLength(length)
  })

  test('a delivery that may have come another way proves nothing before a probe has come back', async () => {
    const stage = startTunnelStage(blocked)
    await stage.settled()
    stage.supervisor.delivered(false)
    expect(stage.state()).toBe('unreachable')
    stage.answers.probe = 'returns'
    await stage.pass(MINUTE, 1000)
    expect(stage.state()).toBe('reachable')
    stage.answers.probe = failureOf('no-way')
    for (let minute = 0; minute < 60 && stage.state() === 'reachable'; minute += 1) await stage.pass(MINUTE)
    expect(stage.state()).toBe('unreachable')
    stage.supervisor.delivered(false)
    expect(stage.state()).toBe('reachable')
  })
})

describe('where something else answers at the address', () => {
  test('no delivery is proof: it came another way', async () => {
    const stage = startTunnelStage({ first: { probe: failureOf('elsewhere') } })
    await stage.settled()
    stage.supervisor.delivered(true)
    expect(stage.state()).toBe('unreachable')
    expect(stage.reachable).toEqual([])
  })

  test('a delivery by the very address brings the next look forward, once: the fault may be over', async () => {
    const stage = startTunnelStage({ first: { probe: failureOf('ERR_NGROK_3200') } })
    await stage.pass(12 * 60 * MINUTE, MINUTE)
    expect(stage.message()).toMatch(/It has lasted: it is looked at again at/)
    const { length } = stage.probes
    stage.supervisor.delivered(false)
    await stage.settled()
    expect(stage.probes).toHaveLength(length)
    stage.answers.probe = 'returns'
    stage.supervisor.delivered(true)
    expect(stage.state()).toBe('unreachable')
    await stage.settled()
    expect(stage.state()).toBe('reachable')
    expect(stage.probes).toHaveLength(length + 1)
  })

  test('that lasts costs no more probes for all the deliveries that come another way', async () => {
    const probesIn = async (hasDeliveries: boolean): Promise<number> => {
      const stage = startTunnelStage({ first: { probe: failureOf('elsewhere') } })
      for (let minute = 0; minute < 3 * 60; minute += 1) {
        if (hasDeliveries) stage.supervisor.delivered(true)
        await stage.pass(MINUTE)
      }
      return stage.probes.length
    }
    expect(await probesIn(true)).toBeLessThanOrEqual((await probesIn(false)) + 2)
  })

  test('that is found although deliveries come all the time', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.answers.probe = failureOf('elsewhere')
    for (let minute = 0; minute < 4 * 60 && stage.state() === 'reachable'; minute += 1) {
      stage.supervisor.delivered(true)
      await stage.pass(MINUTE)
    }
    expect(stage.state()).toBe('unreachable')
  })
})
