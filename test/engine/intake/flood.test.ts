import { expect, test } from 'vitest'
import { createFloodGuard, UNSIGNED } from '../../../electron/engine/intake/flood.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const admitted = (guard: ReturnType<typeof createFloodGuard>, asked: number): number =>
  Array.from({ length: asked }, guard.admits).filter(Boolean).length

test('a hundred at once are let through, and no more', () => {
  const guard = createFloodGuard(createManualClock().monotonicMs, UNSIGNED)
  expect(admitted(guard, 1_000)).toBe(100)
})

test('ten a second are let through after that, and asking in vain costs nothing', () => {
  const clock = createManualClock()
  const guard = createFloodGuard(clock.monotonicMs, UNSIGNED)
  admitted(guard, 1_000)
  for (let tenth = 0; tenth < 30; tenth += 1) {
    clock.advance(100)
    expect(admitted(guard, 50)).toBe(1)
  }
  clock.advance(1_000)
  expect(admitted(guard, 50)).toBe(10)
})

test('a quiet hour allows a hundred at once again, not more', () => {
  const clock = createManualClock()
  const guard = createFloodGuard(clock.monotonicMs, UNSIGNED)
  admitted(guard, 1_000)
  clock.advance(3_600_000)
  expect(admitted(guard, 1_000)).toBe(100)
})
