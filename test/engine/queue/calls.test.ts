import { describe, expect, test } from 'vitest'
import { createGroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { createCalls } from '../../../electron/engine/queue/calls.ts'
import { createQueueNotes } from '../../../electron/engine/queue/notes.ts'
import { type CallName, CALLS } from '../../../shared/bridge.ts'
import type { Problem } from '../../../shared/status.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createPeopleRun } from '../../support/people-at-queue.ts'

const createRun = () => {
  const queue = createPeopleRun()
  const clock = createManualClock()
  const notes = createQueueNotes(queue.database)
  const state = { woken: 0, idleAsked: 0, unwritten: [] as readonly Problem[] }
  let idle = Promise.withResolvers<undefined>()
  const calls = createCalls({
    people: queue.people,
    notes,
    commits: createGroupCommit(queue.database),
    clock,
    wake: () => {
      state.woken += 1
    },
    whenIdle: () => {
      state.idleAsked += 1
      return idle.promise
    },
    unwritten: () => state.unwritten,
  })
  const becomeIdle = (error?: Error): void => {
    if (error === undefined) idle.resolve(undefined)
    else idle.reject(error)
    idle = Promise.withResolvers()
  }
  return { ...queue, clock, notes, state, calls, becomeIdle }
}

const isShaped = (name: CallName, output: unknown): boolean => CALLS[name].output.strict().safeParse(output).success

describe('the calls', () => {
  test('list, count, retry, discard and take back, each with just the shape that the table promises', async () => {
    const { calls, failed, states, state, now } = createRun()
    for (const number of [1, 2, 3]) failed(number)
    const listed = await calls.jobs({ states: ['failed'] })
    expect(isShaped('jobs', listed)).toBe(true)
    expect(listed.jobs.map(({ id }) => id)).toEqual([3, 2, 1])
    expect((await calls.jobs({})).jobs).toEqual(listed.jobs)
    expect(await calls.count({ action: 'discard', selection: { all: true } })).toEqual({ count: 3, until: now() })
    expect(await calls.discard({ ids: [1, 2] })).toEqual({ discarded: 2 })
    expect(await calls.undo({ ids: [1] })).toEqual({ restored: 1 })
    expect(state.woken).toBe(0)
    expect(await calls.retry({ cause: 'service_unavailable' })).toEqual({ retried: 2 })
    expect(states()).toEqual({ 1: 'waiting', 2: 'discarded', 3: 'waiting' })
    expect(state.woken).toBe(1)
  })

  test('that name no job do nothing', async () => {
    const { calls, failed, states } = createRun()
    failed(1)
    expect(await calls.count({ action: 'retry', selection: {} })).toEqual({ count: 0, until: 0 })
    expect(await calls.retry({})).toEqual({ retried: 0 })
    expect(await calls.discard({ ids: [] })).toEqual({ discarded: 0 })
    expect(states()).toEqual({ 1: 'failed' })
  })

  test('are answered when what they changed is stored', async () => {
    const { calls, failed, reopen } = createRun()
    failed(1)
    await calls.discard({ all: true })
    await calls.pause({ for_ms: null })
    const later = reopen()
    expect(later.sql('SELECT state FROM job').all()).toEqual([{ state: 'discarded' }])
    expect(createQueueNotes(later).pause()).toEqual({ until: null })
  })
})

describe('a pause', () => {
  test('ends when it was asked to, counted from now; a second one takes its place', async () => {
    const { calls, notes, clock } = createRun()
    expect(await calls.pause({ for_ms: 1_800_000 })).toEqual({ paused: true })
    expect(notes.pause()).toEqual({ until: clock.now() + 1_800_000 })
    await calls.pause({ for_ms: null })
    expect(notes.pause()).toEqual({ until: null })
    await calls.pause({ for_ms: 1_000 })
    expect(notes.pause()).toEqual({ until: clock.now() + 1_000 })
  })

  test('is over with a resume, which wakes the workers; where there was none, that is fine', async () => {
    const { calls, notes, state } = createRun()
    await calls.pause({ for_ms: null })
    const before = state.woken
    expect(await calls.resume({})).toEqual({ paused: false })
    expect(notes.pause()).toBeNull()
    expect(state.woken).toBe(before + 1)
    expect(await calls.resume({})).toEqual({ paused: false })
  })
})

describe('waiting until nothing is left', () => {
  test('is answered with true when that is so', async () => {
    const { calls, becomeIdle, clock } = createRun()
    const answer = calls['wait-idle']({})
    clock.advance(19_999)
    becomeIdle()
    expect(await answer).toEqual({ idle: true, unwritten: [] })
    expect(clock.dueTimes()).toEqual([])
  })

  test('is answered with false after a while, to be asked again', async () => {
    const { calls, becomeIdle, clock } = createRun()
    const answer = calls['wait-idle']({})
    clock.advance(20_000)
    expect(await answer).toEqual({ idle: false, unwritten: [] })
    const again = calls['wait-idle']({})
    becomeIdle()
    expect(await again).toEqual({ idle: true, unwritten: [] })
  })

  test('names what could not be written, in its own words, and nothing while there is something to wait for', async () => {
    const { calls, becomeIdle, clock, state } = createRun()
    const message = 'tasks.json cannot be written: it is full.'
    state.unwritten = [{ code: 'database-file', severity: 'failure', message }]
    const early = calls['wait-idle']({})
    clock.advance(20_000)
    expect(await early).toEqual({ idle: false, unwritten: [] })
    const answer = calls['wait-idle']({})
    becomeIdle()
    expect(await answer).toEqual({ idle: true, unwritten: [message] })
    expect(isShaped('wait-idle', await answer)).toBe(true)
  })

  test('looks once for all who wait, however often they ask', async () => {
    const { calls, becomeIdle, clock, state } = createRun()
    for (let count = 0; count < 50; count += 1) {
      const answer = calls['wait-idle']({})
      clock.advance(20_000)
      expect(await answer).toEqual({ idle: false, unwritten: [] })
    }
    const both = Promise.all([calls['wait-idle']({}), calls['wait-idle']({})])
    expect(state.idleAsked).toBe(1)
    becomeIdle()
    expect(await both).toEqual([
      { idle: true, unwritten: [] },
      { idle: true, unwritten: [] },
    ])
    await endOfTurn()
    void calls['wait-idle']({})
    expect(state.idleAsked).toBe(2)
  })

  test('that cannot be done is told to who asked, and is no end of the engine', async () => {
    const { calls, becomeIdle } = createRun()
    const answer = calls['wait-idle']({})
    becomeIdle(new Error('the disk refuses'))
    await expect(answer).rejects.toThrow('the disk refuses')
  })
})
