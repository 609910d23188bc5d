import { describe, expect, test } from 'vitest'
import { ADDRESS, failureOf, startTunnelStage } from '../../support/tunnel-stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('reachable', () => {
  test('is what a probe came back from, and nothing before', async () => {
    const stage = startTunnelStage({ first: { probe: 'waits' } })
    expect(stage.state()).toBe('opening')
    await stage.settled()
    expect(stage.supervisor.reach()).toEqual({
      provider: 'ngrok',
      state: 'checking',
      address: ADDRESS,
      provenAt: null,
      message: null,
    })
    expect(stage.reachable).toEqual([])
    await stage.settleProbe(null)
    expect(stage.supervisor.reach()).toMatchObject({ state: 'reachable', provenAt: '2026-11-23T12:00:00.000Z' })
    expect(stage.reachable).toEqual([ADDRESS])
  })

  test('is told with what the probe found on its way, though it came back', async () => {
    const stage = startTunnelStage({ first: { probeWarning: 'Notion may refuse it.' } })
    await stage.settled()
    expect(stage.supervisor.reach()).toMatchObject({ state: 'reachable', message: 'Notion may refuse it.' })
    stage.answers.probeWarning = null
    expect(stage.message()).toBeNull()
  })

  test('an address is told once, and another one again', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.supervisor.lookNow()
    await stage.settled()
    stage.answers.address = 'https://other.test/webhooks/notion'
    stage.supervisor.lookNow()
    await stage.settled()
    expect(stage.state()).toBe('reachable')
    expect(stage.reachable).toEqual([ADDRESS, 'https://other.test/webhooks/notion'])
  })
})

describe('a tunnel that does not open', () => {
  test('is told at once, and opened anew after 1, 2, 4 … and at most 60 seconds', async () => {
    const stage = startTunnelStage({ first: { opening: failureOf('ERR_NGROK_108') } })
    await stage.settled()
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toBe('ERR_NGROK_108, in plain words.')
    const delays: number[] = []
    for (let nth = 0; nth < 9; nth += 1) {
      const [dueAt] = stage.clock.dueTimes()
      delays.push(dueAt! - stage.clock.now())
      await stage.pass(dueAt! - stage.clock.now())
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1000))
    expect(stage.asked).toHaveLength(10)
    expect(stage.probes).toEqual([])
  })

  test('is told in its newest words, without a moment of hope in between', async () => {
    const stage = startTunnelStage({ first: { opening: failureOf('offline') } })
    await stage.settled()
    stage.answers.opening = failureOf('ERR_NGROK_105')
    stage.clock.advance(1000)
    expect(stage.state()).toBe('unreachable')
    await stage.settled()
    expect(stage.message()).toBe('ERR_NGROK_105, in plain words.')
  })

  test('is told as silent after five seconds, and asked anew when the next opening is due', async () => {
    const stage = startTunnelStage({ first: { opening: null } })
    await stage.pass(4_999)
    expect(stage.state()).toBe('opening')
    await stage.pass(1)
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toMatch(/^the tunnel gives no answer/)
    expect(stage.asked).toHaveLength(1)
    stage.answers.opening = 'opens'
    await stage.pass(1000)
    expect(stage.asked).toHaveLength(2)
    expect(stage.asked[0]!.signal.aborted).toBe(true)
    expect(stage.state()).toBe('reachable')
  })

  test('is told, once it is silent, by what it waits for; and by that until it is asked anew', async () => {
    const stage = startTunnelStage({ first: { opening: null } })
    await stage.settled()
    stage.asked[0]!.wait(failureOf('the-proxy'))
    await stage.pass(4_999)
    expect(stage.state()).toBe('opening')
    await stage.pass(1)
    expect(stage.message()).toBe('the-proxy, in plain words.')
    stage.asked[0]!.wait(failureOf('behind-it'))
    expect(stage.message()).toBe('behind-it, in plain words.')
    await stage.pass(1_000)
    expect(stage.message()).toBe('behind-it, in plain words.')
    expect(stage.asked).toHaveLength(2)
    stage.asked[0]!.wait(failureOf('of-before'))
    await stage.pass(5_000)
    expect(stage.message()).toMatch(/^the tunnel gives no answer/)
    expect(stage.log.lines.map(({ message }) => message)).not.toContain('of-before, in plain words.')
  })

  test('and answers late is no more told by what it waited for once it has opened, or failed', async () => {
    const stage = startTunnelStage({ first: { opening: null } })
    await stage.pass(5_500)
    const taken = await stage.openLate()
    taken.wait(failureOf('silent'))
    await stage.settled()
    expect(stage.state()).toBe('reachable')
    await stage.pass(MINUTE, 1000)
    expect(stage.state()).toBe('reachable')
    expect(stage.log.lines.map(({ message }) => message)).not.toContain('silent, in plain words.')

    const refused = startTunnelStage({ first: { opening: null } })
    await refused.pass(5_500)
    const entry = await refused.openLate(failureOf('ERR_NGROK_334'))
    entry.wait(failureOf('silent'))
    expect(refused.message()).toBe('ERR_NGROK_334, in plain words.')
  })

  test('and answers late is taken until it is asked anew, and closed after that', async () => {
    const stage = startTunnelStage({ first: { opening: null } })
    await stage.pass(5_500)
    const taken = await stage.openLate()
    expect(stage.state()).toBe('reachable')
    expect(taken.isClosed).toBe(false)

    const other = startTunnelStage({ first: { opening: null } })
    await other.pass(5_500)
    other.answers.opening = failureOf('offline')
    await other.pass(1000)
    const refused = await other.openLate()
    expect(other.asked[0]!.signal.aborted).toBe(true)
    expect(refused.isClosed).toBe(true)
    expect(other.state()).toBe('unreachable')
  })
})

describe('a tunnel that breaks', () => {
  test('is told at once, closed, and back after one step', async () => {
    const stage = startTunnelStage()
    await stage.pass(5 * MINUTE)
    stage.asked[0]!.lose(failureOf('lost'))
    await stage.settled()
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toBe('lost, in plain words.')
    expect(stage.asked[0]!.isClosed).toBe(true)
    await stage.pass(1000)
    expect(stage.state()).toBe('reachable')
    expect(stage.asked).toHaveLength(2)
    expect(stage.asked[1]).toMatchObject({ isClosed: false })
  })

  test('says nothing about the one that replaced it', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.asked[0]!.lose(failureOf('lost'))
    await stage.settled()
    stage.asked[0]!.lose(failureOf('lost again'))
    await stage.pass(1000)
    stage.asked[0]!.lose(failureOf('lost again'))
    await stage.settled()
    expect(stage.state()).toBe('reachable')
    expect(stage.asked).toHaveLength(2)
  })

  test('again and again is opened more and more slowly, and soon again once it held', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    const delays: number[] = []
    for (let nth = 0; nth < 4; nth += 1) {
      stage.asked.at(-1)!.lose(failureOf('lost'))
      await stage.settled()
      const [dueAt] = stage.clock.dueTimes()
      delays.push(dueAt! - stage.clock.now())
      await stage.pass(dueAt! - stage.clock.now())
      expect(stage.state()).toBe('reachable')
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000])
    await stage.pass(MINUTE)
    stage.asked.at(-1)!.lose(failureOf('lost'))
    await stage.pass(1000)
    expect(stage.state()).toBe('reachable')
  })
})

describe('a tunnel that says it is open and leads nowhere', () => {
  test('has held for nothing, however long it stood open: what was lost unproven is opened more and more slowly', async () => {
    const stage = startTunnelStage({ first: { probe: 'waits' } })
    const delays: number[] = []
    for (let nth = 0; nth < 4; nth += 1) {
      await stage.pass(5 * MINUTE)
      stage.asked.at(-1)!.lose(failureOf('lost'))
      await stage.settled()
      const [dueAt] = stage.clock.dueTimes()
      delays.push(dueAt! - stage.clock.now())
      await stage.pass(dueAt! - stage.clock.now())
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000])
  })

  test('is told within one probe interval, and opened anew', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.answers.probe = failureOf('elsewhere')
    await stage.pass(2 * MINUTE - 1)
    expect(stage.state()).toBe('reachable')
    await stage.pass(1)
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toBe('elsewhere, in plain words.')
    stage.answers.probe = 'returns'
    await stage.pass(1000)
    expect(stage.asked[0]!.isClosed).toBe(true)
    expect(stage.state()).toBe('reachable')
    expect(stage.asked).toHaveLength(2)
  })
})

describe('a machine that wakes', () => {
  test('opens the tunnel anew at once, and what was proven before counts no more', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.answers.probe = 'waits'
    stage.supervisor.lookNow()
    expect(stage.state()).not.toBe('reachable')
    await stage.settled()
    expect(stage.asked).toHaveLength(2)
    expect(stage.asked).toHaveLength(2)
    expect(stage.asked[0]!.isClosed).toBe(true)
    expect(stage.state()).toBe('checking')
    await stage.settleProbe(null)
    expect(stage.state()).toBe('reachable')
  })

  test('waits for no delay that was set before', async () => {
    const stage = startTunnelStage({ first: { opening: failureOf('offline') } })
    await stage.pass(5 * MINUTE, 1000)
    stage.answers.opening = 'opens'
    stage.supervisor.lookNow()
    await stage.settled()
    expect(stage.state()).toBe('reachable')
  })

  test('gives a silent opening up', async () => {
    const stage = startTunnelStage({ first: { opening: null } })
    await stage.settled()
    stage.answers.opening = 'opens'
    stage.supervisor.lookNow()
    await stage.settled()
    expect(stage.state()).toBe('reachable')
    expect(stage.asked[0]!.signal.aborted).toBe(true)
  })
})

test('a fault of whoever is told of the address does not end the supervision', async () => {
  let isBroken = true
  const stage = startTunnelStage({
    onReachable: () => {
      if (isBroken) throw new Error('disk I/O error')
    },
  })
  await stage.settled()
  expect(stage.message()).toMatch(/disk I\/O error.*tried again by itself/)
  isBroken = false
  stage.asked.at(-1)!.lose(failureOf('lost'))
  await stage.pass(MINUTE, 1000)
  expect(stage.state()).toBe('reachable')
})

describe('the end', () => {
  test.each(['opens' as const, null, failureOf('offline')])('comes whatever it waits for: %j', async (opening) => {
    const stage = startTunnelStage({ first: { opening } })
    await stage.settled()
    await stage.supervisor.stop()
    expect(stage.clock.dueTimes()).toEqual([])
    const { length } = stage.asked
    await stage.pass(HOUR, MINUTE)
    expect(stage.asked).toHaveLength(length)
    if (opening === 'opens') expect(stage.asked[0]!.isClosed).toBe(true)
  })
})
