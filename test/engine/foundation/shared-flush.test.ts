import { expect, test } from 'vitest'
import { type Disk, systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { SharedFlush } from '../../../electron/engine/foundation/shared-flush.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'

interface Flush {
  readonly folder: string
  end(): void
  fail(error: Error): void
}

/** A disk whose flushes end when the test says so. */
const slowDisk = () => {
  const flushes: Flush[] = []
  const disk: Disk = {
    ...systemDisk,
    flushFolder: (folder) =>
      new Promise<void>((resolve, reject) => {
        flushes.push({ folder, end: resolve, fail: reject })
      }),
  }
  return { flushes, flush: new SharedFlush(disk.flushFolder) }
}

const stateOf = (promise: Promise<void>) => {
  let state: 'open' | 'done' | 'failed' = 'open'
  promise.then(
    () => {
      state = 'done'
    },
    () => {
      state = 'failed'
    },
  )
  return () => state
}

test('a caller never shares a flush that started before its rename', async () => {
  const { flushes, flush } = slowDisk()
  const first = stateOf(flush.flush('/a'))
  const second = stateOf(flush.flush('/a'))
  flushes[0]?.end()
  await endOfTurn()
  expect(first()).toBe('done')
  expect(second()).toBe('open')
  expect(flushes).toHaveLength(2)
  flushes[1]?.end()
  await endOfTurn()
  expect(second()).toBe('done')
})

test('all that come while a flush runs share the next one', async () => {
  const { flushes, flush } = slowDisk()
  const all = [1, 2, 3, 4].map(() => stateOf(flush.flush('/a')))
  expect(flushes).toHaveLength(1)
  flushes[0]?.end()
  await endOfTurn()
  expect(flushes).toHaveLength(2)
  flushes[1]?.end()
  await endOfTurn()
  expect(all.map((state) => state())).toEqual(['done', 'done', 'done', 'done'])
  expect(flushes).toHaveLength(2)
})

test('at each moment around the end of a flush, a caller gets one that starts no sooner than it asked', async () => {
  const { flushes, flush } = slowDisk()
  void flush.flush('/a')
  void flush.flush('/a')
  flushes[0]?.end()
  const late: (() => string)[] = []
  for (let microtask = 0; microtask < 12; microtask += 1) {
    const startedBefore = flushes.length
    const state = stateOf(flush.flush('/a'))
    late.push(() => `${state()} after ${startedBefore}`)
    await Promise.resolve()
  }
  // The second flush serves only those who asked before it started; the others wait for the third.
  flushes[1]?.end()
  await endOfTurn()
  const seen = late.map((state) => state())
  expect(seen.filter((it) => it.endsWith('after 2')).every((it) => it.startsWith('open'))).toBe(true)
  expect(seen.filter((it) => it.endsWith('after 1')).every((it) => it.startsWith('done'))).toBe(true)
  expect(seen.some((it) => it.endsWith('after 2'))).toBe(true)
  expect(flushes).toHaveLength(3)
})

test('folders do not wait for each other', () => {
  const { flushes, flush } = slowDisk()
  void flush.flush('/a')
  void flush.flush('/b')
  expect(flushes.map(({ folder }) => folder)).toEqual(['/a', '/b'])
})

test('a flush that fails is told to its callers, and the next one is tried all the same', async () => {
  const { flushes, flush } = slowDisk()
  const first = stateOf(flush.flush('/a'))
  const second = stateOf(flush.flush('/a'))
  flushes[0]?.fail(new Error('EIO'))
  await endOfTurn()
  expect(first()).toBe('failed')
  expect(second()).toBe('open')
  flushes[1]?.end()
  await endOfTurn()
  expect(second()).toBe('done')
})
