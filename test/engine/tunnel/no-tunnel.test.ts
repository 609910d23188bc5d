import { expect, test } from 'vitest'
import { createNoTunnel } from '../../../electron/engine/tunnel/no-tunnel.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const noTunnel = () => {
  const paired: (string | null)[] = []
  const tunnel = createNoTunnel({
    clock: createManualClock(),
    events: { recentArrivals: () => [] },
    subscribed: { paired: (address) => paired.push(address) },
  })
  return { tunnel, paired }
}

test('without a tunnel nothing is open, nothing is wrong, and a probe is nobody’s', async () => {
  const { tunnel } = noTunnel()
  tunnel.start('http://127.0.0.1:1')
  expect(tunnel.reach()).toMatchObject({ provider: 'none', state: 'off', address: null, message: null })
  expect(tunnel.problems()).toEqual([])
  expect(tunnel.answerProbe('v1')).toBeNull()
  await tunnel.stop()
})

test('what is paired without a tunnel is subscribed at an address that nobody told us', () => {
  const { tunnel, paired } = noTunnel()
  tunnel.delivered('elsewhere.example', true)
  expect(paired).toEqual([])
  tunnel.paired()
  expect(paired).toEqual([null])
})
