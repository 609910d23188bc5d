import { expect, test } from 'vitest'
import { type Engine, StartError } from '../../electron/engine/engine.ts'
import { announcedEffects, effectsText } from '../support/announced-effects.ts'
import { unflushedDisk } from '../support/breaking-disk.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { figure, tell } from '../support/figures.ts'
import { parsePrometheusText } from '../support/prometheus-text.ts'
import { until } from '../support/until.ts'
import { type FaultStage, openFaultStage } from './fault-stage.ts'
import { expectNewest, expectNoOrphan, expectNoTornFile, expectTrueRecords } from './promises.ts'

const LEAST_EFFECTS = figure(100, 350)

/** Two minutes are over within a second. */
const FASTER = 120

const READS = /^(facts|readText|list):/

/** What fails together when it fails for a while. */
const ownerOf = (effect: string): 'network' | 'database' | 'disk' => {
  if (effect.startsWith('request')) return 'network'
  return effect === 'commit' ? 'database' : 'disk'
}

/** What the disk says: that it refuses everybody, or that it refuses this one file. */
type Refusal = 'everybody' | 'one file'

const faultOf = (effect: string, refusal: Refusal): Error => {
  if (effect.startsWith('request')) return new Error('connect ECONNREFUSED')
  if (effect === 'commit') {
    return Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  }
  if (refusal === 'one file') {
    return Object.assign(new Error(`EACCES: permission denied, ${effect}`), { code: 'EACCES' })
  }
  const [code, words] = READS.test(effect) ? ['EIO', 'i/o error'] : ['ENOSPC', 'no space left on device']
  return Object.assign(new Error(`${code}: ${words}, ${effect}`), { code })
}

/** Everything that was told is in the files. */
const expectDone = (stage: FaultStage, when: string): void => {
  const { scenario, simulator } = stage
  expectNoTornFile(stage, when)
  expectNoOrphan(stage, when)
  expectTrueRecords(stage, simulator.workspace, when)
  expectNewest(stage, simulator.workspace, scenario.pageIds(), when)
}

/** What everybody meets costs no job an attempt, however long it lasts. */
const OF_EVERYBODY = ['ENOSPC', 'EIO', 'ERR_SQLITE_ERROR', 'unreachable']

/** Jobs that ran out of attempts stand there with their own reasons, and are done when they are sent round again. */
const expectReasonsAndRetry = async (engine: Engine, when: string): Promise<number> => {
  const { jobs } = await engine.calls.jobs({ states: ['failed'] })
  if (jobs.length === 0) return 0
  expect(engine.status().state, when).toBe('degraded')
  for (const job of jobs) {
    expect(job.reason, when).toMatch(/\w{3}/)
    expect(job.attempts.length, when).toBeGreaterThan(0)
    for (const { code } of job.attempts) expect(OF_EVERYBODY, when).not.toContain(code)
  }
  expect(await engine.calls.retry({ all: true }), when).toEqual({ retried: jobs.length })
  return jobs.length
}

interface Played {
  readonly effects: readonly string[]
  readonly failedJobs: number
  /** Attempts that cost their job nothing. */
  readonly postponed: number
  readonly turnedAway: number
}

const postponedBy = async (engine: Engine): Promise<number> => {
  const attempts = parsePrometheusText(await engine.metrics()).get('blackcore_attempts_total')
  return attempts?.values['{outcome="postponed"}'] ?? Number.NaN
}

/** Plays the scenario while the n-th effect fails, and those of its owner that follow, so many in all. */
const play = async (nth: number, many: number, refusal: Refusal): Promise<Played> => {
  const when = `effect ${nth} and so many in all fail: ${many}, the disk for ${refusal}`
  const stage = await openFaultStage()
  const { scenario, notion, cacheFolder } = stage
  const clock = createFastClock(FASTER)
  const effects: string[] = []
  let failing: string | null = null
  let left = many
  let isLookedAt = false
  const before = (effect: string): void => {
    if (isLookedAt) return
    effects.push(effect)
    if (effects.length === nth) failing = ownerOf(effect)
    if (left === 0 || failing !== ownerOf(effect)) return
    left -= 1
    throw faultOf(effect, refusal)
  }
  const seams = announcedEffects({ disk: unflushedDisk, cacheFolder, before, withReads: true })

  const started = async (triesLeft: number): Promise<Engine> => {
    try {
      return await stage.start(seams, clock)
    } catch (error) {
      expect(error, when).toBeInstanceOf(StartError)
      if (triesLeft === 0) throw error
      return started(triesLeft - 1)
    }
  }
  const delivered = async (engine: Engine, triesLeft: number): Promise<void> => {
    const undelivered = await notion.deliverTo(engine.webhookUrl)
    if (undelivered > 0 && triesLeft === 0) throw new Error(`${when}: deliveries are turned away for ever`)
    if (undelivered > 0) await delivered(engine, triesLeft - 1)
  }

  const engine = await started(many)
  for (const step of scenario.steps) {
    notion.happen(step)
    await delivered(engine, many)
    await engine.whenIdle()
    expectNoTornFile(stage, when)
    if (engine.status().state === 'healthy') expectDone(stage, `${when}, said to be healthy after ${step.name}`)
    else expect(engine.status().problems, when).not.toEqual([])
  }
  let failedJobs = 0
  await until(`everything is well again (${when})`, async () => {
    failedJobs += await expectReasonsAndRetry(engine, when)
    await engine.whenIdle()
    return engine.status().state === 'healthy'
  })
  expect(engine.status().isCatchUpDue, when).toBe(notion.turnedAway() > 0)
  expectDone(stage, when)
  isLookedAt = true
  const postponed = await postponedBy(engine)
  isLookedAt = false
  await engine.stop()
  expectDone(stage, `${when}, stopped`)
  await stage.end()
  return { effects, failedJobs, postponed, turnedAway: notion.turnedAway() }
}

/** Most of the time is waiting for the next attempt: so many scenarios are played side by side. */
const SIDE_BY_SIDE = 8

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

interface Found {
  readonly text: string
  readonly failedJobs: number
  readonly postponed: number
}

/** Gives what it found as a sentence, how many jobs failed, and how many attempts cost nothing. */
const loop = async (many: number, refusalAt: (nth: number) => Refusal): Promise<Found> => {
  const played: Played[] = []
  for (;;) {
    const first = played.length + 1
    const nths = Array.from({ length: SIDE_BY_SIDE }, (_none, index) => first + index)
    played.push(...(await Promise.all(nths.map((nth) => play(nth, many, refusalAt(nth))))))
    const unreached = played.findIndex(({ effects }, index) => effects.length <= index)
    const whole = played[unreached]
    if (whole === undefined) continue
    expect(unreached).toBeGreaterThan(LEAST_EFFECTS)
    const failedJobs = sum(played.map((one) => one.failedJobs))
    const postponed = sum(played.map((one) => one.postponed))
    const turnedAway = sum(played.map((one) => one.turnedAway))
    const cost = `${postponed} attempts were free, ${failedJobs} jobs failed and were retried, ${turnedAway} deliveries were sent again`
    return { text: `N = ${unreached}, nothing lost, ${cost}: ${effectsText(whole.effects)}`, failedJobs, postponed }
  }
}

const LIMIT_MS = figure(180_000, 900_000)

test(
  'when the Nth call of the disk, of the database or to Notion fails, for every N, nothing acknowledged is lost, and nobody has to act',
  async () => {
    const { text, failedJobs, postponed } = await loop(1, () => 'everybody')
    expect(failedJobs).toBe(0)
    expect(postponed).toBeGreaterThan(0)
    tell(`The Nth effect fails: ${text}`)
  },
  LIMIT_MS,
)

test(
  'when disk, database or network fail from their Nth call on, for a while, what all meet costs time only, and what one file meets stands in front of a person',
  async () => {
    const many = 12
    const { text, failedJobs, postponed } = await loop(many, (nth) => (nth % 2 === 0 ? 'everybody' : 'one file'))
    expect(failedJobs).toBeGreaterThan(0)
    expect(postponed).toBeGreaterThan(0)
    tell(`The Nth effect fails and its owner goes on failing, ${many} times in all: ${text}`)
  },
  LIMIT_MS,
)
