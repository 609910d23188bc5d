import { describe, expect, test } from 'vitest'
import { failureOf, startTunnelStage } from '../../support/tunnel-stage.ts'

const MINUTE = 60_000

describe('a delivery through the address', () => {
  test('is proof: the next probe waits as after one', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    await stage.pass(MINUTE)
    stage.supervisor.delivered('here')
    await stage.pass(MINUTE)
    expect(stage.probes).toHaveLength(1)
    expect(stage.supervisor.reach().provenAt).toBe('2026-11-23T12:01:00.000Z')
    await stage.pass(4 * MINUTE)
    expect(stage.probes).toHaveLength(2)
  })

  test('outweighs a probe that fails meanwhile: our own way there is not Notion’s', async () => {
    const stage = startTunnelStage({ first: { probe: 'waits' } })
    await stage.settled()
    stage.supervisor.delivered('here')
    await stage.settleProbe(failureOf('no-way'))
    expect(stage.state()).toBe('reachable')
    expect(stage.asked[0]!.isClosed).toBe(false)
  })

  test('teaches nothing of the address before a probe has told what is there', async () => {
    const stage = startTunnelStage({ first: { probe: 'waits' } })
    await stage.settled()
    expect(stage.supervisor.delivered('here')).toBe(false)
    expect(stage.state()).toBe('reachable')
    await stage.settleProbe(null)
    expect(stage.supervisor.delivered('here')).toBe(true)
  })

  test('proves nothing while no tunnel is open', async () => {
    const stage = startTunnelStage({ first: { opening: failureOf('ERR_NGROK_108') } })
    await stage.settled()
    stage.supervisor.delivered('here')
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
    stage.supervisor.delivered('here')
    expect(stage.state()).toBe('reachable')
    await stage.pass(MINUTE, 1000)
    expect(stage.state()).toBe('reachable')
    expect(stage.asked).toHaveLength(length)
  })

  test('a delivery proves the loop too where Notion is known to send to the address', async () => {
    const stage = startTunnelStage(blocked)
    await stage.settled()
    expect(stage.supervisor.delivered('subscribed')).toBe(true)
    expect(stage.state()).toBe('reachable')
  })

  test('what comes and shows nothing keeps nobody from being told that the way is broken', async () => {
    const stage = startTunnelStage({ first: { probe: 'waits' } })
    for (let nth = 0; nth < 5; nth += 1) {
      await stage.settled()
      stage.supervisor.delivered('unknown')
      await stage.settleProbe(failureOf('silent'))
      expect(stage.state()).toBe('unreachable')
      expect(stage.message()).toMatch(/^silent, in plain words\. Deliveries do come/)
      await stage.pass(MINUTE)
    }
  })

  test('a delivery that nobody says was forwarded shows nothing, and is told', async () => {
    const stage = startTunnelStage({ first: { probe: 'returns' } })
    await stage.settled()
    stage.answers.probe = failureOf('no-way')
    for (let minute = 0; minute < 60 && stage.state() === 'reachable'; minute += 1) await stage.pass(MINUTE)
    expect(stage.supervisor.delivered('unplaced')).toBe(false)
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toContain('Deliveries do come')
  })

  test('what came while all was well is not said of what is wrong now', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.supervisor.delivered('unknown')
    stage.answers.probe = failureOf('no-way')
    for (let minute = 0; minute < 60 && stage.state() === 'reachable'; minute += 1) await stage.pass(MINUTE)
    expect(stage.message()).toBe('no-way, in plain words.')
  })

  test('what came before the tunnel was lost is not said of what is wrong after', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.supervisor.delivered('unknown')
    stage.answers.probe = failureOf('no-way')
    stage.asked[0]!.lose(failureOf('lost'))
    await stage.pass(5_000, 1_000)
    expect(stage.message()).toBe('no-way, in plain words.')
  })

  test('what came by another address is not said of this one', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.supervisor.delivered('here')
    stage.answers.address = 'https://other.test/webhooks/notion'
    stage.answers.probe = failureOf('no-way')
    stage.asked[0]!.lose(failureOf('lost'))
    await stage.pass(5_000, 1_000)
    expect(stage.message()).toBe('no-way, in plain words.')
  })

  test('is said to be so only while deliveries come, and only where passing on the host would help', async () => {
    const stage = startTunnelStage(blocked)
    await stage.settled()
    stage.supervisor.delivered('unknown')
    await stage.pass(59 * MINUTE, MINUTE)
    expect(stage.message()).toContain('Deliveries do come')
    await stage.pass(MINUTE)
    expect(stage.message()).not.toContain('Deliveries do come')
    stage.supervisor.delivered('unknown')
    stage.answers.probe = failureOf('elsewhere')
    await stage.pass(58 * MINUTE, MINUTE)
    expect(stage.message()).not.toContain('Deliveries do come')
  })

  test('a delivery that may have come another way proves nothing before a probe has come back, and that is said', async () => {
    const stage = startTunnelStage(blocked)
    await stage.settled()
    expect(stage.message()).not.toContain('Deliveries do come')
    stage.supervisor.delivered('unknown')
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toMatch(/ Deliveries do come, but .*proxy_set_header Host \$host\)\.$/)
    stage.answers.probe = 'returns'
    await stage.pass(MINUTE, 1000)
    expect(stage.state()).toBe('reachable')
    stage.answers.probe = failureOf('no-way')
    for (let minute = 0; minute < 60 && stage.state() === 'reachable'; minute += 1) await stage.pass(MINUTE)
    expect(stage.state()).toBe('unreachable')
    stage.supervisor.delivered('unknown')
    expect(stage.state()).toBe('reachable')
  })
})

describe('where ngrok itself says that nothing is at the address', () => {
  test('a delivery that was sent to it shows that this is over, and no other one does', async () => {
    const stage = startTunnelStage({ first: { probe: failureOf('ERR_NGROK_3200') } })
    await stage.pass(12 * 60 * MINUTE, MINUTE)
    for (const arrival of ['unknown', 'subscribed'] as const) {
      expect(stage.supervisor.delivered(arrival)).toBe(false)
      expect(stage.state()).toBe('unreachable')
    }
    const { length } = stage.asked
    expect(stage.supervisor.delivered('here')).toBe(true)
    expect(stage.state()).toBe('reachable')
    await stage.pass(MINUTE)
    expect([stage.state(), stage.asked.length]).toEqual(['reachable', length])
  })
})

describe('where something else answers at the address', () => {
  test('no delivery is proof: it came another way', async () => {
    const stage = startTunnelStage({ first: { probe: failureOf('elsewhere') } })
    await stage.settled()
    stage.supervisor.delivered('here')
    expect(stage.state()).toBe('unreachable')
    expect(stage.reachable).toEqual([])
  })

  test('that is found although deliveries come all the time', async () => {
    const stage = startTunnelStage()
    await stage.settled()
    stage.answers.probe = failureOf('elsewhere')
    for (let minute = 0; minute < 4 * 60 && stage.state() === 'reachable'; minute += 1) {
      stage.supervisor.delivered('here')
      await stage.pass(MINUTE)
    }
    expect(stage.state()).toBe('unreachable')
  })
})
