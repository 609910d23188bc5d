import { describe, expect, test } from 'vitest'
import { createRandom, mix, scramble } from '../../electron/simulator/seeded-random.ts'

describe('repeatable chance', () => {
  test('the same seed gives the same numbers, another seed gives others', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed)
      return Array.from({ length: 20 }, () => random.next())
    }
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
    expect(draw(3).every((number) => number >= 0 && number < 1)).toBe(true)
  })

  test('some() gives different elements in their order, and all of them when more are asked for', () => {
    const random = createRandom(9)
    const list = [1, 2, 3, 4, 5, 6, 7, 8]
    for (let round = 0; round < 200; round += 1) {
      const taken = random.some(list, 3)
      expect(taken).toHaveLength(3)
      expect(taken).toEqual([...new Set(taken)].toSorted((left, right) => left - right))
    }
    expect(random.some(list, 99)).toEqual(list)
  })

  test('below() reaches every number under its limit, and is 0 for an empty range', () => {
    const random = createRandom(1)
    expect(new Set(Array.from({ length: 500 }, () => random.below(7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
    expect(random.below(0)).toBe(0)
  })

  test('scrambling never makes two numbers equal, and mixing depends on the order', () => {
    expect(new Set(Array.from({ length: 50_000 }, (_none, value) => scramble(value))).size).toBe(50_000)
    expect(mix(1, 2)).not.toBe(mix(2, 1))
  })
})
