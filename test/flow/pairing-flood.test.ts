import { expect, test } from 'vitest'
import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { madeSecret } from '../support/settings-file.ts'
import { notionId } from '../support/notion-ids.ts'

test('a stranger’s events, signed with a stranger’s token, cost no more than a few requests to Notion', async () => {
  const running = await startRunningEngine({ settings: () => ({ webhook: { secret: null } }) })
  const { engine, workspace, simulator } = running
  await engine.calls['open-pairing']({})
  const stranger = madeSecret()
  const send = (event: object) => deliver({ url: engine.webhookUrl, secret: stranger, event })
  expect(await send({ verification_token: stranger })).toMatchObject({ status: 200, body: { status: 'pairing' } })

  const before = simulator.requests()
  const foreign = eventFor(workspace, 'page.created', workspace.pageIds('Actionable Tasks')[0]!)
  const statuses = new Map<number, number>()
  for (let nth = 0; nth < 60; nth += 1) {
    const { status } = await send({
      ...foreign,
      id: notionId(nth),
      data: {},
      entity: { type: 'page', id: notionId(1_000 + nth) },
    })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect([...statuses.keys()].toSorted()).toEqual([401, 503])
  expect(statuses.get(401)).toBeLessThanOrEqual(30)
  expect(simulator.requests() - before).toBeLessThanOrEqual(60)
})
