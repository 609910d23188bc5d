import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createWakeWatch, systemAddresses } from '../../../electron/engine/foundation/wake-watch.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const HOME = '192.168.1.2'
const OFFICE = '10.1.2.3'

/** A watch over a machine that sleeps and moves as the test wants: asleep, time passes and no timer is called. */
const createMachine = () => {
  const clock = createManualClock()
  let sleptMs = 0
  let present: readonly string[] = [HOME]
  const woken: string[] = []
  const watch = createWakeWatch(
    { ...clock, now: () => clock.now() + sleptMs },
    () => present,
    (reason) => woken.push(reason),
  )
  return {
    clock,
    watch,
    woken,
    passMs: clock.advance,
    sleep: (ms: number) => {
      sleptMs += ms
    },
    isAt: (...addresses: readonly string[]) => {
      present = addresses
    },
  }
}

const started = () => {
  const machine = createMachine()
  machine.watch.start()
  return machine
}

describe('a machine that stays awake where it is', () => {
  test('wakes nobody', () => {
    const { passMs, woken } = started()
    passMs(24 * 3_600_000)
    expect(woken).toStrictEqual([])
  })

  test('wakes nobody for a timer that is late because it has much to do', () => {
    const { passMs, sleep, woken } = started()
    sleep(20_000)
    passMs(3_600_000)
    expect(woken).toStrictEqual([])
  })

  test('wakes nobody for a clock that is set back, and a sleep after it is noticed', () => {
    const { passMs, sleep, woken } = started()
    sleep(-86_400_000)
    passMs(60_000)
    expect(woken).toStrictEqual([])
    sleep(30_000)
    passMs(5_000)
    expect(woken).toStrictEqual(['resumed'])
  })
})

describe('a machine that slept', () => {
  test('is noticed within 5 s after it woke, once for each sleep', () => {
    const { passMs, sleep, woken } = started()
    for (const expected of [['resumed'], ['resumed', 'resumed']]) {
      passMs(60_000)
      sleep(3_600_000)
      passMs(5_000)
      expect(woken).toStrictEqual(expected)
      passMs(60_000)
      expect(woken).toStrictEqual(expected)
    }
  })

  test('and woke in another network is told of once', () => {
    const { passMs, sleep, isAt, woken } = started()
    sleep(3_600_000)
    isAt(OFFICE)
    passMs(60_000)
    expect(woken).toStrictEqual(['resumed'])
  })
})

describe('a network', () => {
  test('that the machine came into is noticed within 5 s, once', () => {
    const { passMs, isAt, woken } = started()
    isAt(HOME, OFFICE)
    passMs(5_000)
    expect(woken).toStrictEqual(['network'])
    passMs(60_000)
    expect(woken).toStrictEqual(['network'])
  })

  test('that was lost is told once, where it was the last one, and again when it returns', () => {
    const { passMs, isAt, woken } = started()
    isAt()
    passMs(60_000)
    expect(woken).toStrictEqual(['network'])
    isAt(HOME)
    passMs(5_000)
    expect(woken).toStrictEqual(['network', 'network'])
  })

  test('that was lost beside another one wakes nobody', () => {
    const { passMs, isAt, woken } = started()
    isAt(HOME, OFFICE)
    passMs(5_000)
    isAt(HOME)
    passMs(60_000)
    expect(woken).toStrictEqual(['network'])
  })

  test('that is told in another order is the same', () => {
    const { passMs, isAt, woken } = started()
    isAt(HOME, OFFICE)
    passMs(5_000)
    isAt(OFFICE, HOME)
    passMs(60_000)
    expect(woken).toStrictEqual(['network'])
  })

  test('that was there at the start is known', () => {
    const { watch, passMs, isAt, woken } = createMachine()
    isAt(OFFICE)
    watch.start()
    passMs(60_000)
    expect(woken).toStrictEqual([])
  })
})

describe('a watch', () => {
  test('that was stopped calls nobody and leaves no timer, also when it is stopped by whom it calls', () => {
    const { watch, clock, passMs, sleep, woken } = started()
    watch.stop()
    sleep(3_600_000)
    passMs(60_000)
    expect(woken).toStrictEqual([])
    expect(clock.dueTimes()).toStrictEqual([])

    const own = createManualClock()
    let addresses = [HOME]
    const stopping = createWakeWatch(
      own,
      () => addresses,
      () => {
        stopping.stop()
      },
    )
    stopping.start()
    addresses = [OFFICE]
    own.advance(5_000)
    expect(own.dueTimes()).toStrictEqual([])
  })

  test('that was never started can be stopped', () => {
    expect(createMachine().watch.stop).not.toThrow()
  })
})

describe('the addresses of this machine', () => {
  const at = (address: string, internal = false): NetworkInterfaceInfo =>
    address.includes(':')
      ? { address, internal, family: 'IPv6', netmask: '', mac: '', cidr: null, scopeid: 0 }
      : { address, internal, family: 'IPv4', netmask: '', mac: '', cidr: null }

  test('are those by which it is in a network: not its own, and not those that every link gives itself', () => {
    const found = systemAddresses({
      lo: [at('127.0.0.1', true), at('::1', true)],
      eth0: [at(HOME), at('2001:db8::2'), at('fe80::1')],
      veth1a2b: [at('fe80::2')],
      wlan0: [at('169.254.7.7')],
      gone: undefined,
    })
    expect(found).toStrictEqual([HOME, '2001:db8::2'])
  })

  test('can be asked for', () => {
    expect(Array.isArray(systemAddresses())).toBe(true)
    expect(systemAddresses()).not.toContain('127.0.0.1')
  })
})
