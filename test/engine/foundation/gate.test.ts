import { expect, test } from 'vitest'
import { createGates, type Gate } from '../../../electron/engine/foundation/gate.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'

/** Work that begins when the gate lets it and ends when the test says so. */
const pass = (gate: Gate, how: 'shared' | 'alone', name: string, told: string[]) => {
  const held = Promise.withResolvers<undefined>()
  const done = gate[how](async () => {
    told.push(`${name} in`)
    await held.promise
    told.push(`${name} out`)
    return name
  })
  return {
    done,
    end: () => {
      held.resolve(undefined)
    },
    fail: (error: Error) => {
      held.reject(error)
    },
  }
}

test('many pass at once, and each gets its own result', async () => {
  const gate = createGates()('a')
  const told: string[] = []
  const entries = ['1', '2', '3'].map((name) => pass(gate, 'shared', name, told))
  await endOfTurn()
  expect(told).toEqual(['1 in', '2 in', '3 in'])
  for (const { end } of entries) end()
  expect(await Promise.all(entries.map(({ done }) => done))).toEqual(['1', '2', '3'])
})

test('the one that wants to be alone waits for all that are in, and keeps out all that come later', async () => {
  const gate = createGates()('a')
  const told: string[] = []
  const first = pass(gate, 'shared', 'first', told)
  const alone = pass(gate, 'alone', 'alone', told)
  const later = pass(gate, 'shared', 'later', told)
  await endOfTurn()
  expect(told).toEqual(['first in'])
  first.end()
  await endOfTurn()
  expect(told).toEqual(['first in', 'first out', 'alone in'])
  alone.end()
  await endOfTurn()
  expect(told.slice(3)).toEqual(['alone out', 'later in'])
  later.end()
  await later.done
})

test('two that want to be alone come one after the other, first come, first served', async () => {
  const gate = createGates()('a')
  const told: string[] = []
  const one = pass(gate, 'alone', 'one', told)
  const two = pass(gate, 'alone', 'two', told)
  await endOfTurn()
  expect(told).toEqual(['one in'])
  one.end()
  two.end()
  await two.done
  expect(told).toEqual(['one in', 'one out', 'two in', 'two out'])
})

test.each(['shared', 'alone'] as const)('work that fails (%s) is told to its owner and bars nobody', async (how) => {
  const gate = createGates()('a')
  const told: string[] = []
  const failing = pass(gate, how, 'failing', told)
  const alone = pass(gate, 'alone', 'alone', told)
  const after = pass(gate, 'shared', 'after', told)
  failing.fail(new Error('no'))
  await expect(failing.done).rejects.toThrow('no')
  alone.end()
  after.end()
  expect(await Promise.all([alone.done, after.done])).toEqual(['alone', 'after'])
})

test('one key is one gate, another key another', async () => {
  const gateOf = createGates()
  expect(gateOf('a')).toBe(gateOf('a'))
  const told: string[] = []
  const alone = pass(gateOf('a'), 'alone', 'a', told)
  const other = pass(gateOf('b'), 'alone', 'b', told)
  await endOfTurn()
  expect(told).toEqual(['a in', 'b in'])
  alone.end()
  other.end()
  await Promise.all([alone.done, other.done])
})
