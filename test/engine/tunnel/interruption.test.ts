import { describe, expect, test } from 'vitest'
import { createInterruption } from '../../../electron/engine/tunnel/interruption.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const create = () => {
  const clock = createManualClock()
  return { clock, interruption: createInterruption<string>(clock) }
}

const endless = (): Promise<never> => Promise.withResolvers<never>().promise

describe('a wait', () => {
  test('ends when its time is over, and not before', async () => {
    const { clock, interruption } = create()
    let ended: unknown
    const waiting = interruption.wait(1_000).then((by) => {
      ended = by
    })
    clock.advance(999)
    await endOfTurn()
    expect(ended).toBeUndefined()
    clock.advance(1)
    await waiting
    expect(ended).toBeNull()
  })

  test('ends at once with the reason for which it is interrupted, and leaves no timer', async () => {
    const { clock, interruption } = create()
    const waiting = interruption.wait(1_000)
    expect(clock.dueTimes()).toHaveLength(1)
    interruption.raise('look')
    expect(await waiting).toBe('look')
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test('is interrupted at once by what was raised before it, once, and for the first reason', async () => {
    const { clock, interruption } = create()
    interruption.raise('first')
    interruption.raise('second')
    expect(await interruption.wait(1_000)).toBe('first')
    expect(clock.dueTimes()).toStrictEqual([])
    const next = interruption.wait(1_000)
    await endOfTurn()
    clock.advance(1_000)
    expect(await next).toBeNull()
  })

  test('is not interrupted again by what was raised while its interruption was on its way', async () => {
    const { clock, interruption } = create()
    const waiting = interruption.wait(1_000)
    interruption.raise('first')
    interruption.raise('second')
    expect(await waiting).toBe('first')
    const next = interruption.wait(1_000)
    await endOfTurn()
    clock.advance(1_000)
    expect(await next).toBeNull()
  })
})

describe('a race', () => {
  test('ends with what the work gives, and leaves no timer', async () => {
    const { clock, interruption } = create()
    expect(await interruption.race(Promise.resolve(7), 1_000)).toStrictEqual({ kind: 'done', value: 7 })
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test('ends when the time is over, while the work goes on', async () => {
    const { clock, interruption } = create()
    const racing = interruption.race(endless(), 1_000)
    clock.advance(1_000)
    expect(await racing).toStrictEqual({ kind: 'time' })
  })

  test('without a limit sets no timer, and can be interrupted', async () => {
    const { clock, interruption } = create()
    const racing = interruption.race(endless(), null)
    expect(clock.dueTimes()).toStrictEqual([])
    interruption.raise('look')
    expect(await racing).toStrictEqual({ kind: 'interrupted', by: 'look' })
  })

  test('rejects as the work does, and leaves no timer', async () => {
    const { clock, interruption } = create()
    await expect(interruption.race(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken')
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test('takes no harm from work that fails after it was left', async () => {
    const { clock, interruption } = create()
    const work = [Promise.withResolvers<number>(), Promise.withResolvers<number>(), Promise.withResolvers<number>()]
    const [late, interrupted, before] = work.map(({ promise }) => promise)
    const first = interruption.race(late ?? endless(), 1_000)
    clock.advance(1_000)
    await first
    const second = interruption.race(interrupted ?? endless(), null)
    interruption.raise('look')
    await second
    interruption.raise('look')
    await interruption.race(before ?? endless(), null)
    // An unhandled rejection would fail the run.
    for (const { reject } of work) reject(new Error('too late'))
    await endOfTurn()
  })

  test('that was left does not end the next one', async () => {
    const { clock, interruption } = create()
    const old = Promise.withResolvers<number>()
    const first = interruption.race(old.promise, 1_000)
    clock.advance(1_000)
    expect(await first).toStrictEqual({ kind: 'time' })
    const second = interruption.race(endless(), 5_000)
    old.resolve(1)
    await endOfTurn()
    clock.advance(5_000)
    expect(await second).toStrictEqual({ kind: 'time' })
  })
})

describe('what is raised in the moment in which a wait ends by itself', () => {
  test('interrupts the next wait, when the work is done', async () => {
    const { interruption } = create()
    const work = Promise.withResolvers<number>()
    const racing = interruption.race(work.promise, null)
    work.resolve(7)
    // Whoever waits is told a few steps later: this stands between.
    void work.promise.then(() => {
      interruption.raise('stop')
    })
    expect(await racing).toStrictEqual({ kind: 'done', value: 7 })
    expect(await interruption.wait(1_000)).toBe('stop')
  })

  test('interrupts the next wait, when the time is over', async () => {
    const { clock, interruption } = create()
    const waiting = interruption.wait(1_000)
    clock.advance(1_000)
    interruption.raise('stop')
    expect(await waiting).toBeNull()
    expect(await interruption.wait(1_000)).toBe('stop')
  })

  test('interrupts the next wait, when the work fails', async () => {
    const { interruption } = create()
    const work = Promise.withResolvers<number>()
    const racing = interruption.race(work.promise, null)
    work.reject(new Error('broken'))
    void work.promise.catch(() => {
      interruption.raise('stop')
    })
    await expect(racing).rejects.toThrow('broken')
    expect(await interruption.wait(1_000)).toBe('stop')
  })
})
