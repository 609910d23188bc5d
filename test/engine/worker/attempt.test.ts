import { describe, expect, test } from 'vitest'
import { type AttemptParts, runAttempt } from '../../../electron/engine/worker/attempt.ts'
import type { PageTitle } from '../../../electron/engine/cache/record-index.ts'
import type { SourceFacts } from '../../../electron/engine/cache/catalogue.ts'
import { createImmediateCommits } from '../../support/breaking-commits.ts'
import { transient } from '../../support/job-making.ts'
import { createMemoryApplier } from '../../support/memory-applier.ts'
import { planned, refused, removal } from '../../support/planning.ts'

const JOB = { entity: { kind: 'page', id: 'p' } } as const

const facts: SourceFacts = {
  sourceId: 's',
  sourceTitle: 'Tasks',
  databaseId: 'd',
  databaseTitle: 'Tasks',
  isInTrash: false,
  isDatabaseInTrash: false,
  properties: [],
}

const createRun = (parts: Partial<AttemptParts> = {}) => {
  const applier = createMemoryApplier()
  const learned: SourceFacts[] = []
  const titles: PageTitle[] = []
  const state = { commits: 0, asked: 0 }
  const run = () =>
    runAttempt(
      {
        applier,
        commits: createImmediateCommits(() => {
          state.commits += 1
        }),
        learn: (more) => learned.push(...more),
        learnTitles: (more) => titles.push(...more),
        onPlanned: () => undefined,
        isEnding: () => false,
        ...parts,
        plan: async (job) => {
          state.asked += 1
          return parts.plan === undefined ? planned({ change: removal('p') }) : parts.plan(job)
        },
      },
      JOB,
    )
  return { applier, learned, titles, state, run }
}

describe('an attempt', () => {
  test('journals the plan before it touches a file, and leaves the end to the commit that completes the job', async () => {
    const { applier, run, state } = createRun()
    const end = await run()
    expect(applier.steps).toStrictEqual(['journal p from 0', 'apply p from 0'])
    expect(end).toMatchObject({ kind: 'done', outcome: 'written', reason: null })
    if (end.kind === 'done') end.finish()
    expect(applier.steps.at(-1)).toBe('finish p from 0')
    expect(state.commits).toBe(1)
  })

  test('with nothing to change touches nothing, and says what came of it', async () => {
    const { applier, run, state } = createRun({
      plan: async () => planned({ outcome: 'gone', reason: 'in the trash' }),
    })
    expect(await run()).toMatchObject({ kind: 'done', outcome: 'gone', reason: 'in the trash' })
    expect(applier.steps).toStrictEqual([])
    expect(state.commits).toBe(0)
  })

  test('stores what was looked up on the way, with or without a change', async () => {
    for (const change of [null, removal('p')]) {
      const { learned, run, state } = createRun({ plan: async () => planned({ change, learned: [facts] }) })
      await run()
      expect(learned).toStrictEqual([facts])
      expect(state.commits).toBe(1)
    }
  })

  test('leaves titles that it learnt to the commit that completes the job, whatever else came of it', async () => {
    const learnt = [{ pageId: 'a', title: 'Anna' }]
    for (const failure of [null, transient]) {
      const { titles, run, state } = createRun({ plan: async () => planned({ titles: learnt, failure }) })
      const end = await run()
      expect([titles, state.commits]).toStrictEqual([[], 0])
      if (end.kind !== 'interrupted') end.finish()
      expect(titles).toStrictEqual(learnt)
    }
  })

  test('that could not have everything applies what there is, and has failed all the same', async () => {
    const { applier, run } = createRun({
      plan: async () => planned({ change: removal('p'), failure: transient }),
    })
    const end = await run()
    expect(end).toMatchObject({ kind: 'failed', failure: transient })
    if (end.kind === 'failed') end.finish()
    expect(applier.steps).toStrictEqual(['journal p from 0', 'apply p from 0', 'finish p from 0'])
  })

  test('that Notion refuses has failed, and touches nothing', async () => {
    const { applier, run } = createRun({ plan: async () => refused(transient) })
    expect(await run()).toMatchObject({ kind: 'failed', failure: transient })
    expect(applier.steps).toStrictEqual([])
  })
})

describe('a plan that a crash or a failed job left', () => {
  test('is carried out first where the record is as it was then; after that Notion is asked all the same', async () => {
    const { applier, run, state } = createRun({ plan: async () => planned({ change: removal('p', 4) }) })
    applier.revisions.set('p', 3)
    applier.plans.set('p', removal('p', 3))
    await run()
    expect(applier.steps).toStrictEqual([
      'apply p from 3',
      'finish p from 3',
      'drop',
      'journal p from 4',
      'apply p from 4',
    ])
    expect(state.asked).toBe(1)
  })

  test('is nothing to a job that is about something else of the same id', async () => {
    const applier = createMemoryApplier()
    applier.plans.set('p', removal('p'))
    const parts = { applier, commits: createImmediateCommits(() => undefined), isEnding: () => false }
    const learning = { learn: () => undefined, learnTitles: () => undefined, onPlanned: () => undefined }
    const plan = async () => planned({ outcome: 'refreshed' })
    await runAttempt({ ...parts, ...learning, plan }, { entity: { kind: 'title', id: 'p' } })
    expect(applier.steps).toStrictEqual([])
  })

  test('is dropped where the record has changed since', async () => {
    const { applier, run } = createRun({ plan: async () => planned({ outcome: 'unchanged' }) })
    applier.revisions.set('p', 5)
    applier.plans.set('p', removal('p', 3))
    expect(await run()).toMatchObject({ kind: 'done', outcome: 'unchanged' })
    expect(applier.steps).toStrictEqual(['drop'])
    expect(applier.plans.size).toBe(0)
  })

  test('stays for the next attempt where the disk still refuses; Notion is not asked meanwhile', async () => {
    const { applier, run, state } = createRun()
    applier.plans.set('p', removal('p'))
    applier.failNext(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
    expect(await run()).toMatchObject({ kind: 'failed', failure: { kind: 'transient', code: 'ENOSPC' } })
    expect(applier.plans.size).toBe(1)
    expect(state.asked).toBe(0)
  })

  test('is there for the next attempt when the disk refuses the first', async () => {
    const { applier, run } = createRun({
      plan: async () => planned({ change: removal('p', applier.revisions.get('p') ?? 0) }),
    })
    applier.failNext(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
    await run()
    await run()
    expect(applier.steps.filter((step) => step.startsWith('finish'))).toStrictEqual(['finish p from 0'])
    expect(applier.plans.size).toBe(1)
  })
})

describe('a record that changed while Notion was being read', () => {
  test('is read again, and the older state never written over the newer', async () => {
    const readings = [removal('p', 1), removal('p', 2)]
    const { applier, run, state } = createRun({ plan: async () => planned({ change: readings[state.asked - 1]! }) })
    applier.revisions.set('p', 2)
    expect(await run()).toMatchObject({ kind: 'done' })
    expect(state.asked).toBe(2)
    expect(applier.steps).toStrictEqual(['journal p from 2', 'apply p from 2'])
  })

  test('again and again is left to the next attempt, and told', async () => {
    const { applier, run, state } = createRun({ plan: async () => planned({ change: removal('p', 1) }) })
    applier.revisions.set('p', 2)
    expect(await run()).toMatchObject({ kind: 'failed', failure: { kind: 'transient', code: 'conflict' } })
    expect(state.asked).toBe(4)
    expect(applier.steps).toStrictEqual([])
  })
})

describe('what is thrown', () => {
  const thrown = (error: Error) => createRun({ plan: () => Promise.reject(error) }).run()

  test.each(['ENOSPC', 'EACCES', 'EROFS', 'ERR_SQLITE_ERROR'])('by the disk may pass: %s', async (code) => {
    const end = await thrown(Object.assign(new Error('it refuses'), { code }))
    expect(end).toMatchObject({ kind: 'failed', failure: { kind: 'transient', code } })
    if (end.kind === 'failed') expect(end.failure.message).toMatch(/^The disk refuses: it refuses\./)
  })

  test.each([
    new Error('it is undefined'),
    Object.assign(new TypeError('it is undefined'), { code: 'ERR_INVALID_ARG_TYPE' }),
  ])('by anything else is a fault of ours, and a person sees it: %s', async (error) => {
    expect(await thrown(error)).toMatchObject({
      kind: 'failed',
      failure: { kind: 'permanent', code: 'internal', message: 'Blackcore Sync has a fault: it is undefined' },
    })
  })
})

describe('while the program is ending', () => {
  test('an attempt is interrupted, whatever came of its requests, and nothing is touched', async () => {
    const plans = [
      async () => planned({ change: removal('p') }),
      async () => refused(transient),
      () => Promise.reject(new Error('aborted')),
    ]
    for (const plan of plans) {
      const { applier, run } = createRun({ plan, isEnding: () => true })
      expect(await run()).toStrictEqual({ kind: 'interrupted' })
      expect(applier.steps).toStrictEqual([])
    }
  })
})
