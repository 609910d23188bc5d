import { expect, test } from 'vitest'
import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import { healthOf } from '../../shared/status.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { madeSecret } from '../support/settings-file.ts'
import { until } from '../support/until.ts'

test('deliveries that another secret signed turn the light red and are told by a diagnosis, until one is accepted', async () => {
  const running = await startRunningEngine()
  const { engine, workspace, secret } = running
  await engine.whenIdle()
  await until('Notion told its workspace', () => engine.status().workspaceName !== null)
  expect(healthOf(engine.status()).status).toBe('healthy')
  const [page] = workspace.pageIds('Actionable Tasks')
  const send = (signedWith: string) =>
    deliver({ url: engine.webhookUrl, secret: signedWith, event: eventFor(workspace, 'page.created', page!) })
  const listener = async () =>
    (await engine.calls.diagnose({ with_files: false })).checks.find(({ name }) => name === 'listener')

  expect((await send(madeSecret())).status).toBe(401)
  expect(healthOf(engine.status()).status).toBe('healthy')
  expect(await listener()).toMatchObject({ outcome: 'notice' })
  for (let nth = 0; nth < 2; nth += 1) expect((await send(madeSecret())).status).toBe(401)
  expect(healthOf(engine.status()).status).toBe('degraded')
  const [problem] = engine.status().problems
  expect(problem).toMatchObject({
    code: 'deliveries-refused',
    message: expect.stringMatching(/ 3 signed deliveries were refused/),
  })
  expect(await listener()).toMatchObject({ outcome: 'failed', message: expect.stringContaining(problem!.message) })

  expect((await send(secret)).status).toBe(200)
  await engine.whenIdle()
  expect(healthOf(engine.status()).status).toBe('healthy')
  expect(await listener()).toMatchObject({ outcome: 'ok' })
})
