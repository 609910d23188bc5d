import { describe, expect, test } from 'vitest'
import type { CommandName, CommandOptions } from '../../electron/console/commands.ts'
import { jobsText } from '../../electron/console/jobs-text.ts'
import type { CallHandlers, JobView } from '../../shared/bridge.ts'
import { jobCount, runTestCommand as run, UNTIL } from '../support/command-run.ts'

const JOB: JobView = {
  id: 7,
  state: 'failed',
  page_id: '00000000-0000-0000-0000-000000000001',
  database: 'Tasks',
  reason: 'Notion does not find it.',
  attempts: [{ at: '2026-11-23T12:00:00.000Z', duration_ms: 12, code: 'object_not_found', message: 'Not found.' }],
}

describe('with --json', () => {
  test.each<[CommandName, Partial<CommandOptions>, Partial<CallHandlers>, object]>([
    ['jobs', {}, { jobs: () => Promise.resolve({ jobs: [JOB], next: null }) }, { jobs: [JOB] }],
    ['jobs', {}, {}, { jobs: [] }],
    ['retry', { all: true, yes: true }, jobCount(3), { retried: 3 }],
    ['discard', { all: true, yes: true }, jobCount(2), { discarded: 2 }],
    ['discard', { all: true, yes: true, undo: true }, jobCount(2), { restored: 2 }],
    ['pause', {}, {}, { paused: true }],
    ['pause', { for: '30m' }, {}, { paused: true }],
    ['resume', {}, {}, { paused: false }],
    ['wait-idle', {}, {}, { idle: true }],
    ['disconnect', { yes: true }, {}, { disconnected: true }],
  ])('%s prints one line of JSON and nothing else: %o', async (name, options, handlers, expected) => {
    const { printed, refusal } = await run(name, { ...options, json: true }, { handlers })
    expect(printed).toEqual([JSON.stringify(expected)])
    expect(refusal).toBeNull()
  })

  test('a question stays apart from what is printed', async () => {
    const { printed, questions } = await run('retry', { all: true, json: true }, { handlers: jobCount(3), reply: 'y' })
    expect(printed).toEqual(['{"retried":3}'])
    expect(questions).toHaveLength(1)
  })
})

describe('without --json', () => {
  test.each<[CommandName, Partial<CommandOptions>, string]>([
    ['jobs', {}, 'No jobs.'],
    ['retry', { ids: ['7'], yes: true }, '1 failed job sent round again.'],
    ['discard', { ids: ['7'], yes: true }, '1 failed job discarded.'],
    ['discard', { ids: ['7'], yes: true, undo: true }, 'The discard of 1 discarded job is taken back.'],
    ['pause', {}, 'Paused until "resume". Events are accepted and stored; processing stops.'],
    ['pause', { for: '30m' }, 'Paused for 30m. Events are accepted and stored; processing stops.'],
    ['resume', {}, 'The queue goes on.'],
    ['wait-idle', {}, 'Nothing is left to do.'],
  ])('%s %o tells a person what was done', async (name, options, expected) => {
    expect((await run(name, options, { handlers: jobCount(1) })).printed).toEqual([expected])
  })
})

describe('jobs', () => {
  test.each<[string | undefined, object]>([
    [undefined, {}],
    ['failed', { states: ['failed'] }],
    ['failed,held', { states: ['failed', 'held'] }],
    ['waiting, delayed', { states: ['waiting', 'delayed'] }],
  ])('asks for the states %s', async (state, input) => {
    expect((await run('jobs', { state })).calls).toEqual([{ name: 'jobs', input }])
  })

  test.each([true, undefined])('asks for piece after piece, and prints them as one (--json: %s)', async (json) => {
    const older = { ...JOB, id: 3 }
    const pieces = [
      { jobs: [JOB], next: 7 },
      { jobs: [], next: 4 },
      { jobs: [older], next: null },
    ]
    const handlers = { jobs: () => Promise.resolve(pieces.shift() ?? { jobs: [], next: null }) }
    const { calls, printed } = await run('jobs', { state: 'failed', json }, { handlers })
    expect(calls.map(({ input }) => input)).toEqual([
      { states: ['failed'] },
      { states: ['failed'], before: 7 },
      { states: ['failed'], before: 4 },
    ])
    expect(printed).toEqual([json === true ? JSON.stringify({ jobs: [JOB, older] }) : jobsText([JOB, older])])
  })

  test.each(['fail', 'Failed', 'failed, no'])(
    'refuses "%s", which is no state, and names those that are',
    async (state) => {
      const { refusal, asked } = await run('jobs', { state })
      expect(refusal).toMatch(
        /^There is no job state .*waiting, delayed, active, completed, failed, held, discarded\.$/,
      )
      expect(asked).toEqual([])
    },
  )
})

test.each(['', ' ', 'failed,'])('a state that is left empty is told with those that there are: "%s"', async (state) => {
  const { refusal, asked } = await run('jobs', { state })
  expect(refusal).toBe(
    '--state lacks the name of a state. The states are waiting, delayed, active, completed, failed, held, discarded.',
  )
  expect(asked).toEqual([])
})

const QUESTIONS: readonly (readonly [CommandName, boolean, string])[] = [
  ['retry', false, 'Send 3 failed jobs round again? [y/N] '],
  ['discard', false, 'Discard 3 failed jobs? (Can be undone with: discard --undo) [y/N] '],
  ['discard', true, 'Take back the discard of 3 discarded jobs? [y/N] '],
]

describe.each(QUESTIONS)('%s (undo: %s)', (name, undo, question) => {
  const options = { undo: undo ? true : undefined, all: true }
  const action = undo ? 'undo' : name

  test.each(['y', 'Y', 'yes', ' YES '])('says how many jobs it means and asks; "%s" is a yes', async (reply) => {
    const { questions, calls, refusal } = await run(name, options, { handlers: jobCount(3), reply })
    expect(questions).toEqual([question])
    expect(calls).toEqual([
      { name: 'count', input: { action, selection: { all: true } } },
      { name: action, input: { all: true, until: UNTIL } },
    ])
    expect(refusal).toBeNull()
  })

  test.each(['', 'n', 'no', 'yess', 'j'])('does nothing for any other answer: "%s"', async (reply) => {
    const { asked, printed, refusal } = await run(name, options, { handlers: jobCount(3), reply })
    expect(asked).toEqual(['count'])
    expect(printed).toEqual([])
    expect(refusal).toBe('Nothing was done.')
  })

  test('asks nobody with --yes', async () => {
    const { questions, asked } = await run(name, { ...options, yes: true }, { handlers: jobCount(3), reply: 'n' })
    expect(questions).toEqual([])
    expect(asked).toEqual(['count', action])
  })

  test('does nothing where nobody can be asked, and says what it would have asked', async () => {
    const { asked, refusal } = await run(name, options, { handlers: jobCount(3) })
    expect(asked).toEqual(['count'])
    expect(refusal).toBe(`${question.replace(' [y/N] ', '')} Nobody can be asked here: repeat it with --yes.`)
  })

  test('does nothing where no job is named, with --yes as well', async () => {
    for (const yes of [true, undefined]) {
      const { asked, refusal } = await run(name, { undo: options.undo, yes }, { handlers: jobCount(3), reply: 'y' })
      expect(asked).toEqual([])
      expect(refusal).toMatch(/^No jobs are named\. /)
    }
  })

  test('does nothing where no job fits', async () => {
    const { asked, refusal } = await run(name, { ...options, yes: true }, { handlers: jobCount(0) })
    expect(asked).toEqual(['count'])
    expect(refusal).toBe('No job fits. Nothing was done.')
  })

  test('hands numbers, cause and database on together', async () => {
    const { calls } = await run(
      name,
      { undo: options.undo, ids: ['7', '008'], cause: 'unauthorized', database: 'Tasks', yes: true },
      { handlers: jobCount(1) },
    )
    expect(calls[1]?.input).toEqual({
      ids: [7, 8],
      cause: 'unauthorized',
      database: 'Tasks',
      until: UNTIL,
    })
  })

  test.each(['x', '-1', '1.5', '1e3', '', '9999999999999999'])(
    'refuses "%s", which is no number of a job',
    async (id) => {
      const { asked, refusal } = await run(name, { ...options, ids: ['7', id] }, { handlers: jobCount(1), reply: 'y' })
      expect(asked).toEqual([])
      expect(refusal).toBe(`A job is named by the number that "jobs" shows, but this is ${id}.`)
    },
  )
})

describe('pause', () => {
  test.each<[string | undefined, number | null]>([
    [undefined, null],
    ['30m', 1_800_000],
    ['90s', 90_000],
    ['24h', 86_400_000],
  ])('for %s lasts %s ms', async (option, forMs) => {
    expect((await run('pause', { for: option })).calls).toEqual([{ name: 'pause', input: { for_ms: forMs } }])
  })

  test.each(['0', '0m', 'soon', '-5m', '1.5h', '25h'])('for "%s" is refused', async (option) => {
    const { asked, refusal } = await run('pause', { for: option })
    expect(asked).toEqual([])
    expect(refusal).toBe(`--for takes a time such as 30m, up to 24h, but is ${option}.`)
  })

  test.each([
    ['30', '--for needs a unit: 30s, 30m or 30h.'],
    ['', '--for takes a time such as 30m, up to 24h, but is empty.'],
    [' ', '--for takes a time such as 30m, up to 24h, but is empty.'],
  ])('for "%s" is refused with what is missing', async (option, sentence) => {
    const { asked, refusal } = await run('pause', { for: option })
    expect(asked).toEqual([])
    expect(refusal).toBe(sentence)
  })
})

describe('wait-idle', () => {
  test('asks again until nothing is left', async () => {
    const answers = [false, false, true]
    const { asked, printed } = await run(
      'wait-idle',
      {},
      { handlers: { 'wait-idle': () => Promise.resolve({ idle: answers.shift() ?? true, unwritten: [] }) } },
    )
    expect(asked).toEqual(Array(3).fill('wait-idle'))
    expect(printed).toHaveLength(1)
  })

  test.each([true, undefined])('names what could not be written, and is no success (--json: %s)', async (json) => {
    const unwritten = ['/files/tasks.json cannot be written: it is full.', '/files/people.json is a stranger’s.']
    const { printed, refusal } = await run(
      'wait-idle',
      { json },
      { handlers: { 'wait-idle': () => Promise.resolve({ idle: true, unwritten }) } },
    )
    expect(refusal).toBe(`Not everything is written. ${unwritten.join(' ')}`)
    expect(printed).toEqual([])
  })
})

describe('disconnect', () => {
  test('asks first, and tells where the subscription is deleted, because Notion goes on sending', async () => {
    const { questions, printed, asked } = await run('disconnect', {}, { reply: 'y' })
    expect(questions).toEqual(['Forget the webhook secret? Every delivery is refused until you pair again. [y/N] '])
    expect(printed).toEqual([expect.stringMatching(/^The secrets are forgotten\. .*delete the subscription in Notion/)])
    expect(asked).toEqual(['disconnect'])
  })

  test.each([['n'], [''], [null]])('does nothing where nobody agrees: %s', async (reply) => {
    const { asked, printed, refusal } = await run('disconnect', {}, { reply })
    expect([asked, printed]).toEqual([[], []])
    expect(refusal).toMatch(/Nothing was done\.$|Nobody can be asked here: repeat it with --yes\.$/)
  })

  test('tells why it cannot be done, and claims nothing', async () => {
    const refused = 'The disk refuses.'
    const handlers = { disconnect: () => Promise.resolve({ refused }) }
    expect(await run('disconnect', { yes: true }, { handlers })).toMatchObject({ printed: [], refusal: refused })
  })
})

describe('what a command does not take', () => {
  test.each<[CommandName, Partial<CommandOptions>, string]>([
    ['pause', { ids: ['30m'] }, '30m'],
    ['resume', { ids: ['1', '2'] }, '1 2'],
    ['jobs', { database: 'Tasks' }, '--database'],
    ['retry', { all: true, undo: true }, '--undo'],
    ['discard', { all: true, for: '30m' }, '--for'],
    ['wait-idle', { state: 'failed' }, '--state'],
    ['disconnect', { ids: ['plainToken'], all: true }, 'a word (not repeated: it may be a secret) --all'],
  ])('is refused by %s, which does nothing: %o', async (name, options, shown) => {
    const { asked, refusal } = await run(name, { ...options, yes: true }, { handlers: jobCount(1) })
    expect(asked).toEqual([])
    expect(refusal).toBe(`"${name}" does not take ${shown}. Nothing was done.`)
  })
})
