import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../electron/simulator/seeded-random.ts'
import { unsteadyArrivals } from '../../electron/simulator/unsteady-deliveries.ts'

const STEADY = { duplicateShare: 0, lossShare: 0, reorderWithin: 0 }

const arrivalsOf = (count: number, plan: Partial<typeof STEADY>, seed = 5) =>
  unsteadyArrivals(
    Array.from({ length: count }, (_none, at) => at),
    { ...STEADY, ...plan },
    createRandom(seed),
  )

const numbers = (count: number) => Array.from({ length: count }, (_none, at) => at)

describe('unsteady deliveries', () => {
  test('without any unsteadiness arrive as they were sent', () => {
    expect(arrivalsOf(200, {})).toEqual({ arriving: numbers(200), lost: [] })
    expect(arrivalsOf(0, { duplicateShare: 1, lossShare: 1, reorderWithin: 9 })).toEqual({ arriving: [], lost: [] })
  })

  test('are all lost, or all there twice, when the share is 1; what is lost does not come even once', () => {
    expect(arrivalsOf(50, { lossShare: 1, duplicateShare: 1 })).toEqual({ arriving: [], lost: numbers(50) })
    expect(arrivalsOf(50, { duplicateShare: 1 }).arriving).toEqual(numbers(50).flatMap((at) => [at, at]))
  })

  test('are lost and doubled about as often as planned', () => {
    const { arriving, lost } = arrivalsOf(20_000, { lossShare: 0.1, duplicateShare: 0.25 })
    expect(lost.length / 20_000).toBeCloseTo(0.1, 1.5)
    expect((arriving.length - (20_000 - lost.length)) / (20_000 - lost.length)).toBeCloseTo(0.25, 1.5)
  })

  test('never vanish or appear: each event is lost, or arrives once or twice, as the same object', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const plan = fc.record({ duplicateShare: share, lossShare: share, reorderWithin: fc.nat(30) })
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(9))), plan, fc.integer(), (events, unsteadiness, seed) => {
        const { arriving, lost } = unsteadyArrivals(events, unsteadiness, createRandom(seed))
        for (const event of events) {
          const times = arriving.filter((arrived) => arrived === event).length
          expect(lost.includes(event) ? times === 0 : times === 1 || times === 2).toBe(true)
        }
        expect([...arriving, ...lost].every((event) => events.includes(event))).toBe(true)
      }),
    )
  })

  test('move by no more places than allowed, and some by exactly that many, both ways', () => {
    for (const reorderWithin of [1, 2, 3]) {
      const { arriving } = arrivalsOf(20_000, { reorderWithin })
      const moves = arriving.map((event, place) => place - event)
      expect(moves.reduce((least, move) => Math.min(least, move), 0)).toBe(-reorderWithin)
      expect(moves.reduce((most, move) => Math.max(most, move), 0)).toBe(reorderWithin)
    }
  })

  test('move within the limit also among duplicates and gaps, counted from where they would have arrived', () => {
    const plan = { duplicateShare: 0.3, lossShare: 0.3 }
    fc.assert(
      fc.property(fc.nat(12), fc.integer(), (reorderWithin, seed) => {
        const steady = arrivalsOf(300, plan, seed).arriving
        const { arriving } = arrivalsOf(300, { ...plan, reorderWithin }, seed)
        for (const [place, event] of arriving.entries()) {
          const nearest = Math.min(
            ...[steady.indexOf(event), steady.lastIndexOf(event)].map((at) => Math.abs(at - place)),
          )
          expect(nearest).toBeLessThanOrEqual(reorderWithin)
        }
      }),
    )
  })

  test('are the same again for the same seed, and others for another', () => {
    const plan = { duplicateShare: 0.2, lossShare: 0.2, reorderWithin: 4 }
    expect(arrivalsOf(300, plan, 8)).toEqual(arrivalsOf(300, plan, 8))
    expect(arrivalsOf(300, plan, 8)).not.toEqual(arrivalsOf(300, plan, 9))
  })

  test('lose the same events, whatever else is planned', () => {
    const alone = arrivalsOf(500, { lossShare: 0.3 })
    expect(alone.lost.length).toBeGreaterThan(50)
    expect(arrivalsOf(500, { lossShare: 0.3, duplicateShare: 0.6, reorderWithin: 6 }).lost).toEqual(alone.lost)
  })
})
