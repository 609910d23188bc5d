import { expect, test } from 'vitest'
import { refusingProblem } from '../../../electron/engine/diagnosis/of-engine.ts'
import { CHECK_NAMES } from '../../../shared/diagnosis.ts'
import { madeToken } from '../../support/settings-file.ts'
import { startRunningEngine } from '../../support/running-engine.ts'
import { until } from '../../support/until.ts'

const look = async ({ engine }: Awaited<ReturnType<typeof startRunningEngine>>, withFiles = false) => {
  const { checks, files } = await engine.calls.diagnose({ with_files: withFiles })
  const told = Object.fromEntries(checks.map(({ name, outcome, message }) => [name, `${outcome} ${message}`]))
  return { names: checks.map(({ name }) => name), told, files: new Map(files.map(({ name, text }) => [name, text])) }
}

test('a running engine looks at all but the settings file, in order, and through its own client', async () => {
  const running = await startRunningEngine()
  await running.engine.whenIdle()
  await until('Notion was asked for all titles', () => running.engine.status().workspaceName !== null)
  const { names, told, files } = await look(running)
  expect(names).toEqual(CHECK_NAMES.slice(1))
  expect(Object.values(told).filter((line) => line.startsWith('failed'))).toEqual([])
  expect(told['listener']).toBe(`ok Deliveries are accepted at ${running.engine.webhookUrl}.`)
  expect(files.size).toBe(0)
})

test('a listener that nobody is paired with accepts nothing: that is a failure', async () => {
  const running = await startRunningEngine({ settings: () => ({ webhook: { secret: null } }) })
  expect((await look(running)).told['listener']).toMatch(/^failed It listens at .*no secret is paired.*Pair: npm run/)
})

test('what it gives for a bundle holds no token and no title of a page already when it leaves the engine', async () => {
  const running = await startRunningEngine({
    settings: () => ({ webhook: { processing: { retry_attempts: 0 } } }),
  })
  const { simulator, workspace, engine } = running
  const token = madeToken()
  const told = `refused: ${token} for /c/pages/Tasks/Her will (5e0e005d).json`
  const body = { object: 'error', status: 400, code: 'validation_error', message: told }
  simulator.failNext({ match: /^\/v1\/pages\//, times: null, status: 400, body })
  await running.send('page.created', workspace.pageIds('Actionable Tasks')[0]!)
  await until('the page has failed', () => engine.status().jobs.failed === 1)
  expect(JSON.stringify(engine.status())).toContain('Her will')
  const { files } = await look(running, true)
  expect([...files.keys()].toSorted()).toEqual(['log.txt', 'metrics.txt', 'queue.json', 'status.json'])
  const everything = [...files.values()].join('\n')
  expect(everything).toContain('… (5e0e005d).json')
  expect({ token: everything.includes(token), title: everything.includes('Her will') }).toEqual({
    token: false,
    title: false,
  })
})

test('of what is refused, a failure is told before what is only worth knowing, and nothing else', () => {
  const problem = (code: string, severity: 'failure' | 'notice') => ({ code, severity, message: code })
  const unkept = problem('pairing-unkept', 'failure')
  const refused = problem('deliveries-refused', 'notice')
  expect(refusingProblem([problem('reach', 'failure'), refused, unkept])).toBe(unkept)
  expect(refusingProblem([problem('reach', 'failure'), refused])).toBe(refused)
  expect(refusingProblem([problem('reach', 'failure')])).toBeUndefined()
})
