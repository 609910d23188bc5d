import { describe, expect, test } from 'vitest'
import { createOrderlyEnd, type OrderlyEndParts } from '../../../electron/engine/foundation/orderly-end.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

/** A program whose parts end when the test says so. */
const createProgram = (changes: Partial<OrderlyEndParts> = {}) => {
  const clock = createManualClock()
  const log = createRecordedLog()
  const ending = new AbortController()
  const told: string[] = []
  const drained = Promise.withResolvers<undefined>()
  const rested = Promise.withResolvers<undefined>()
  ending.signal.addEventListener('abort', () => told.push('given up'))
  const end = createOrderlyEnd({
    clock,
    log,
    ending,
    stopAtOnce: [() => told.push('stopped'), () => told.push('stopped')],
    drain: async () => {
      told.push('draining')
      await drained.promise
    },
    comeToRest: () => {
      told.push('coming to rest')
      return rested.promise
    },
    close: () => {
      told.push('closed')
    },
    ...changes,
  })
  let answer: boolean | null = null
  const begin = () =>
    end().then((isOrderly) => {
      answer = isOrderly
      return isOrderly
    })
  return { clock, log, told, drained, rested, begin, answer: () => answer }
}

describe('an end', () => {
  test('stops, drains, gives up, comes to rest and closes, in this order, and leaves no timer', async () => {
    const { clock, told, drained, rested, begin } = createProgram()
    const ended = begin()
    await endOfTurn()
    expect(told).toStrictEqual(['stopped', 'stopped', 'draining'])
    drained.resolve(undefined)
    await endOfTurn()
    expect(told.slice(3)).toStrictEqual(['given up', 'coming to rest'])
    rested.resolve(undefined)
    expect(await ended).toBe(true)
    expect(told.slice(5)).toStrictEqual(['closed'])
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test('gives up after 9 s what is still on its way, and is orderly when that comes to rest', async () => {
    const { clock, log, told, drained, rested, begin } = createProgram()
    const ended = begin()
    clock.advance(8_999)
    expect(told).not.toContain('given up')
    clock.advance(1)
    expect(told).toContain('given up')
    drained.resolve(undefined)
    rested.resolve(undefined)
    expect(await ended).toBe(true)
    expect(told.at(-1)).toBe('closed')
    expect(log.lines).toStrictEqual([])
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test.each(['drain', 'rest'])('comes within 10 s, without closing, when %s never ends', async (endless) => {
    const { clock, log, told, drained, begin, answer } = createProgram()
    const ended = begin()
    if (endless === 'rest') drained.resolve(undefined)
    await endOfTurn()
    clock.advance(9_499)
    await endOfTurn()
    expect(answer()).toBeNull()
    clock.advance(500)
    expect(await ended).toBe(false)
    expect(told).not.toContain('closed')
    expect(log.lines).toMatchObject([{ level: 'error' }])
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test('that fails says so, and leaves no timer that gives something up later', async () => {
    const { clock, told, begin } = createProgram({ drain: () => Promise.reject(new Error('broken')) })
    await expect(begin()).rejects.toThrow('broken')
    expect(clock.dueTimes()).toStrictEqual([])
    expect(told).not.toContain('closed')
  })
})
