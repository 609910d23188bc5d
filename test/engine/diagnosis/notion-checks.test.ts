import { describe, expect, onTestFinished, test } from 'vitest'
import { databasesCheck, notionChecks } from '../../../electron/engine/diagnosis/notion-checks.ts'
import type { WatchedFinding } from '../../../electron/engine/diagnosis/readable.ts'
import { failureOfRefusal } from '../../../electron/engine/notion/failures.ts'
import { openNotion } from '../../../electron/engine/notion/open.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { refusal } from '../../support/scripted-requests.ts'
import { DATABASE_TITLES, madeToken } from '../../support/settings-file.ts'

const start = async (clock: ManualClock = createManualClock(Date.now())) => {
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 2, requestsPerMinute: null, token })
  const ending = new AbortController()
  onTestFinished(async () => {
    ending.abort()
    await simulator.stop()
  })
  const open = (given: string) =>
    openNotion({
      settings: { token: null, baseUrl: simulator.url, version: '2026-03-11', requestsPerMinute: 1_000 },
      token: given,
      clock,
      signal: ending.signal,
      tell: () => undefined,
      seam: undefined,
    })
  const looked = (given = token) => {
    const { until, clockAheadMs, budget } = open(given)
    return notionChecks({
      until,
      clockAheadMs,
      pausedUntil: budget.pausedUntil,
      entries: DATABASE_TITLES,
      known: () => [],
      clock,
    })
  }
  return { simulator, clock, looked }
}

const outcomes = (checks: Awaited<ReturnType<typeof notionChecks>>) =>
  checks.map(({ name, outcome }) => `${name} ${outcome}`)

test('where all is well every check says so', async () => {
  const { looked } = await start()
  const checks = await looked()
  expect(outcomes(checks)).toEqual(['token ok', 'workspace ok', 'databases ok', 'clock ok'])
  expect(checks[1]?.message).toMatch(/^The token opens “.+”\.$/)
  expect(checks[2]?.message).toBe('Every watched database can be read (4).')
})

test('a token that is refused is told once, and what hangs on it is skipped', async () => {
  const { looked } = await start()
  const checks = await looked(madeToken())
  expect(outcomes(checks)).toEqual(['token failed', 'workspace skipped', 'databases skipped', 'clock ok'])
  expect(checks[0]?.message).toMatch(/refuses the integration token\. Put the current one/)
})

test('a Notion that is not there is told, and nothing is made up of its clock', async () => {
  const { simulator, looked } = await start()
  await simulator.stop()
  const checks = await looked()
  expect(outcomes(checks)).toEqual(['token failed', 'workspace skipped', 'databases skipped', 'clock skipped'])
  expect(checks[0]?.message).toMatch(/^Notion cannot be reached: .*Check the network\.$/)
})

test('a Notion that does not answer is waited for no longer than 10 s', async () => {
  const { simulator, clock, looked } = await start()
  simulator.failNext({ kind: 'no-answer', times: null })
  const checks = looked()
  expect(clock.dueTimes()).toEqual([clock.now() + 10_000])
  clock.advance(10_000)
  expect(outcomes(await checks)).toEqual(['token failed', 'workspace skipped', 'databases skipped', 'clock skipped'])
  expect((await checks)[0]?.message).toMatch(/^Notion did not answer within 10 s\. Check the network/)
})

test('a pause that Notion asked for is told as one', async () => {
  const { simulator, clock, looked } = await start()
  simulator.failNext({ times: 1, status: 429, headers: { 'retry-after': '75' } })
  const asleep = Promise.all([clock.nextTimer()])
  const checks = looked()
  await asleep
  // The second timer is the budget's: from then on the answer is waited for.
  await clock.nextTimer()
  clock.advance(10_000)
  expect((await checks)[0]?.message).toMatch(/^Notion asks to wait until 20.+Z\. Look again after that\.$/)
  // Whoever gave up stands in nobody's way when the pause is over.
  expect(clock.dueTimes()).toEqual([])
})

describe('the line of the databases', () => {
  const finding = (entry: string, kind: WatchedFinding['kind'], code?: string): WatchedFinding => ({
    entry,
    kind,
    failure: code === undefined ? null : failureOfRefusal(refusal(403, code)),
  })

  test('names those that cannot be read, each reason once', () => {
    const check = databasesCheck([
      finding('A', 'readable'),
      finding('B', 'not shown'),
      finding('C', 'not shown'),
      finding('D', 'failed', 'restricted_resource'),
      finding('E', 'failed', 'restricted_resource'),
    ])
    expect(check.outcome).toBe('failed')
    expect(check.message).toMatch(/^Notion shows no database “B”, “C”\. .*“D”, “E” cannot be read\. Notion refuses: /)
    expect(check.message).not.toContain('“A”')
    expect(check.message.match(/Notion refuses/g)).toHaveLength(1)
  })

  test('says of one in the trash that it is there, which is no failure', () => {
    expect(databasesCheck([finding('A', 'readable'), finding('B', 'in trash')])).toMatchObject({
      outcome: 'notice',
      message: expect.stringContaining('In Notion’s trash: “B”.'),
    })
  })
})
