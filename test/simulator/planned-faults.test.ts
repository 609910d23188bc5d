import { describe, expect, test } from 'vitest'
import { createPlannedFaults } from '../../electron/simulator/planned-faults.ts'

const faultsFor = (faults: ReturnType<typeof createPlannedFaults>, count: number, path = '/v1/users/me') =>
  Array.from({ length: count }, () => {
    const plan = faults.next(path)
    return plan === null ? '-' : (plan.kind ?? 'status')
  }).join(' ')

describe('planned faults', () => {
  test('befall no request as long as none is planned, and none that the pattern does not fit', () => {
    const faults = createPlannedFaults()
    expect(faults.next('/v1/users/me')).toBeNull()
    faults.add({ kind: 'drop', times: null, match: /\/pages\//g })
    expect(faultsFor(faults, 2)).toBe('- -')
    expect(faultsFor(faults, 2, '/v1/pages/1')).toBe('drop drop')
  })

  test('are used in the order in which they were planned, each as often as it was planned', () => {
    const faults = createPlannedFaults()
    faults.add({ kind: 'drop', times: 2 })
    faults.add({ status: 503, times: 1 })
    expect(faultsFor(faults, 5)).toBe('drop drop status - -')
    expect(faults.list()).toEqual([])
  })

  test('that are planned for no request befall none', () => {
    const faults = createPlannedFaults()
    faults.add({ kind: 'drop', times: 0 })
    expect([faults.list(), faults.next('/')]).toEqual([[], null])
  })

  test('without a number of times stay until they are cleared', () => {
    const faults = createPlannedFaults()
    faults.add({ kind: 'no-answer', times: null })
    expect(new Set(faultsFor(faults, 500).split(' '))).toEqual(new Set(['no-answer']))
    faults.clear()
    expect(faultsFor(faults, 2)).toBe('- -')
  })

  test('for every nth request leave those between alone, and count only what fits', () => {
    const faults = createPlannedFaults()
    faults.add({ kind: 'html', times: 2, everyNth: 3, match: /users/ })
    expect(faultsFor(faults, 2)).toBe('- -')
    expect(faultsFor(faults, 4, '/v1/search')).toBe('- - - -')
    expect(faultsFor(faults, 7)).toBe('html - - html - - -')
  })

  test('for every nth request count those too that an older plan takes', () => {
    const faults = createPlannedFaults()
    faults.add({ kind: 'html', times: null, everyNth: 2 })
    faults.add({ kind: 'drop', times: null, everyNth: 3 })
    expect(faultsFor(faults, 9)).toBe('- html drop html - html - html drop')
  })

  test('are listed with what is left of them, oldest first', () => {
    const faults = createPlannedFaults()
    faults.add({ kind: 'drop', times: 3 })
    faults.add({ kind: 'latency', delayMs: 5, times: null })
    faults.next('/')
    expect(faults.list()).toMatchObject([
      { plan: { kind: 'drop' }, seen: 1, left: 2 },
      { plan: { kind: 'latency' }, seen: 1, left: null },
    ])
  })
})
