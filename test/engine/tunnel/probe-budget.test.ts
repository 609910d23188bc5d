import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BudgetNotes, createProbeBudget } from '../../../electron/engine/tunnel/probe-budget.ts'

const DAY_MS = 86_400_000
const MONTH_MS = 28 * DAY_MS
const START_MS = Date.UTC(2026, 10, 23, 12)

const createNotes = (text: string | null = null): BudgetNotes => {
  let noted = text
  return {
    probeBudget: () => noted,
    noteProbeBudget: (now) => {
      noted = now
    },
  }
}

/** A budget whose time the test moves. `wallMs` may be set back; `trueMs` only grows. */
const createRun = (notes = createNotes()) => {
  let trueMs = START_MS
  let behindMs = 0
  const now = (): number => trueMs - behindMs
  let budget = createProbeBudget(notes, now)
  const takenAt: number[] = []
  const take = (): boolean => {
    const isTaken = budget.take()
    if (isTaken) takenAt.push(trueMs)
    return isTaken
  }
  return {
    takenAt,
    take,
    /** Takes all that there is. */
    drain: (most: number) => {
      for (let taken = 0; taken < most && take(); taken += 1);
    },
    waitMs: () => budget.waitMs(),
    scarcity: () => budget.scarcity(),
    paceMs: budget.paceMs,
    pass: (ms: number) => {
      trueMs += ms
    },
    setBack: (ms: number) => {
      behindMs += ms
    },
    restart: () => {
      budget = createProbeBudget(notes, now)
    },
  }
}

type Run = ReturnType<typeof createRun>

/** The most that any window of 28 days holds. */
const mostInAMonth = (takenAt: readonly number[]): number => {
  let most = 0
  let first = 0
  for (const [last, at] of takenAt.entries()) {
    while ((takenAt[first] ?? at) < at - MONTH_MS) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

const times = fc.oneof(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 0, max: MONTH_MS }))

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('drain'), by: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass'), by: times }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait'), by: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart'), by: fc.constant(0) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('set back'), by: fc.integer({ min: 1, max: 10 * MONTH_MS }) }),
  },
)

const act = (run: Run, kind: string, by: number): void => {
  if (kind === 'drain') run.drain(by)
  else if (kind === 'pass') run.pass(by)
  else if (kind === 'wait') run.pass(run.waitMs())
  else if (kind === 'restart') run.restart()
  else run.setBack(by)
}

describe('any 28 days', () => {
  test('have 1,000 probes at most, whatever the calls, the restarts and a clock that is set back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const run = createRun()
        for (const { kind, by } of steps) act(run, kind, by)
        expect(mostInAMonth(run.takenAt)).toBeLessThanOrEqual(1_000)
      }),
      { numRuns: 300 },
    )
  })

  test('have 1,000 at most, and nearly so many, when each one is sent as soon as it may be', () => {
    const run = createRun()
    const endAt = START_MS + 3 * MONTH_MS
    for (let at = START_MS; at < endAt; ) {
      run.drain(1_000)
      const waitMs = run.waitMs()
      run.pass(waitMs)
      at += waitMs
    }
    expect(mostInAMonth(run.takenAt)).toBeLessThanOrEqual(1_000)
    expect(mostInAMonth(run.takenAt)).toBeGreaterThan(990)
  })

  test('have no more for a program that is started again and again', () => {
    const run = createRun()
    for (let hour = 0; hour < 28 * 24; hour += 1) {
      run.restart()
      run.drain(1_000)
      run.pass(3_600_000)
    }
    expect(run.takenAt.length).toBeLessThanOrEqual(1_000)
  })
})

describe('a time to wait', () => {
  test('is none while there is something left, and after it there is one, and not before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 30 }), (passing) => {
        const run = createRun()
        run.drain(1_000)
        for (const ms of passing) {
          run.pass(ms)
          const waitMs = run.waitMs()
          expect(Number.isInteger(waitMs)).toBe(true)
          expect(waitMs).toBeLessThanOrEqual(Math.ceil(run.paceMs))
          if (waitMs > 1) {
            run.pass(waitMs - 2)
            expect(run.take()).toBe(false)
            run.pass(2)
          }
          expect(run.waitMs()).toBe(0)
          expect(run.take()).toBe(true)
        }
      }),
    )
  })

  test('is the pace when all was used up at once, and asking costs nothing', () => {
    const run = createRun()
    run.drain(1_000)
    expect(run.takenAt).toHaveLength(60)
    for (let asked = 0; asked < 10; asked += 1) expect(run.waitMs()).toBe(Math.ceil(run.paceMs))
    expect(run.paceMs).toBeGreaterThan(40 * 60_000)
    expect(run.paceMs).toBeLessThan(45 * 60_000)
  })
})

describe('scarcity', () => {
  test('is none at first, grows with each probe that goes, and is whole before the last ones are gone', () => {
    const run = createRun()
    const felt: number[] = []
    for (let taken = 0; taken < 60; taken += 1) {
      felt.push(run.scarcity())
      run.take()
    }
    expect(felt).toEqual(felt.toSorted((a, b) => a - b))
    expect(felt.slice(0, 36)).toEqual(Array.from({ length: 36 }, () => 0))
    expect(felt[45]).toBe(0.5)
    expect(felt.slice(54)).toEqual(Array.from({ length: 6 }, () => 1))
  })

  test('ends when time has earned enough', () => {
    const run = createRun()
    run.drain(1_000)
    run.pass(25 * run.paceMs)
    expect(run.scarcity()).toBe(0)
  })
})

describe('a clock that is set back', () => {
  test('earns nothing and loses nothing', () => {
    const run = createRun()
    run.drain(50)
    run.setBack(MONTH_MS)
    run.drain(1_000)
    expect(run.takenAt).toHaveLength(60)
    run.pass(run.waitMs())
    expect(run.take()).toBe(true)
  })

  test('by years still earns from then on, after a restart too', () => {
    const run = createRun()
    run.drain(1_000)
    run.setBack(400 * DAY_MS)
    run.restart()
    expect(run.waitMs()).toBeLessThanOrEqual(Math.ceil(run.paceMs))
    run.pass(run.waitMs())
    expect(run.take()).toBe(true)
  })
})

describe('what is remembered', () => {
  test('is what was left: a restart gives nothing back', () => {
    const run = createRun()
    run.drain(57)
    run.restart()
    run.drain(1_000)
    expect(run.takenAt).toHaveLength(60)
  })

  test.each([
    [null],
    [''],
    ['{'],
    ['null'],
    ['[]'],
    ['{}'],
    ['{"probes":61,"at":0}'],
    ['{"probes":-1,"at":0}'],
    ['{"probes":"3","at":0}'],
    ['{"probes":3}'],
    ['{"probes":1e999,"at":0}'],
    ['{"probes":null,"at":null}'],
  ])('and is damaged begins anew, and is written right with the next probe: %s', (text) => {
    const notes = createNotes(text)
    const run = createRun(notes)
    expect(run.waitMs()).toBe(0)
    run.drain(1_000)
    expect(run.takenAt).toHaveLength(60)
    expect(JSON.parse(notes.probeBudget() ?? '')).toStrictEqual({ probes: 0, at: START_MS })
  })

  test('and tells of a time that is far off gives no more than a burst, whatever it says', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: 0, max: 60 }), (at, probes) => {
        const run = createRun(createNotes(JSON.stringify({ probes, at })))
        run.drain(1_000)
        expect(run.takenAt.length).toBeLessThanOrEqual(60)
        run.pass(run.waitMs())
        expect(run.take()).toBe(true)
      }),
    )
  })
})
