import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deliver, eventFor, signBody } from '../../electron/simulator/deliveries.ts'
import { WEBHOOK_PATH } from '../../electron/engine/intake/listener.ts'
import { healthOf } from '../../shared/status.ts'
import { freePort } from '../support/answering-server.ts'
import { pagesIn } from '../support/cache-contents.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { startForwardingProxy } from '../support/forwarding-proxy.ts'
import { type RunningEngine, startRunningEngine } from '../support/running-engine.ts'
import { madeSecret, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const originOf = (url: string): string => new URL(url).origin

/** An engine behind a public address. */
const startBehindProxy = async () => {
  const proxy = await startForwardingProxy()
  const running = await startRunningEngine({
    settings: () => ({ webhook: { endpoint_url: `${proxy.url}${WEBHOOK_PATH}` }, tunnel: { provider: 'url' } }),
  })
  return { proxy, running }
}

const reachOf = ({ engine }: RunningEngine) => engine.status().reach

const untilReach = (running: RunningEngine, state: string): Promise<void> =>
  until(`it is ${state}`, () => reachOf(running).state === state)

/** The problem that a person reads about the public address; undefined: none that is a fault. */
const told = (running: RunningEngine): string | undefined =>
  running.engine.status().problems.find(({ code, severity }) => code === 'reach' && severity === 'failure')?.message

describe('a public address of our own', () => {
  test('is not green before a probe came through it, and leads deliveries to files', async () => {
    const { proxy, running } = await startBehindProxy()
    expect(reachOf(running)).toMatchObject({ provider: 'url', provenAt: null })
    expect(reachOf(running).state).not.toBe('reachable')
    expect(healthOf(running.engine.status()).status).toBe('degraded')
    proxy.forwardTo(originOf(running.engine.webhookUrl))
    await untilReach(running, 'reachable')
    expect(reachOf(running).address).toBe(`${proxy.url}${WEBHOOK_PATH}`)
    expect(told(running)).toBeUndefined()

    const { workspace, secret } = running
    const [page] = workspace.pageIds('Actionable Tasks')
    const event = eventFor(workspace, 'page.created', page!)
    const { status } = await deliver({ url: reachOf(running).address!, secret, event })
    expect(status).toBe(200)
    await running.engine.whenIdle()
    expect([...pagesIn(running.cacheFolder).keys()]).toContain(page)
  })

  test('a probe is no delivery: it counts nowhere, and leaves nothing behind', async () => {
    const { proxy, running } = await startBehindProxy()
    proxy.forwardTo(originOf(running.engine.webhookUrl))
    await untilReach(running, 'reachable')
    expect(proxy.asked).toEqual([`POST ${WEBHOOK_PATH}`])
    const { metrics, lastEventAt } = running.engine.status()
    expect(metrics.events_received).toBe(0)
    expect(lastEventAt).toBeNull()
  })

  test('that leads elsewhere is told with what to check, and comes back by itself', async () => {
    const { proxy, running } = await startBehindProxy()
    proxy.answerInstead((response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')
    })
    await untilReach(running, 'unreachable')
    expect(told(running)).toBe(
      `${proxy.url}${WEBHOOK_PATH} does not lead to this program: something else answers there (404). Check the path of the address. Check what the proxy or the tunnel forwards to.`,
    )
    proxy.forwardTo(originOf(running.engine.webhookUrl))
    proxy.answerInstead(null)
    await untilReach(running, 'reachable')
    expect(told(running)).toBeUndefined()
  })

  test('at which nobody listens is told, and comes back by itself', async () => {
    const { proxy, running } = await startBehindProxy()
    await proxy.close()
    await untilReach(running, 'unreachable')
    expect(told(running)).toMatch(
      /cannot be reached from this computer: .*ECONNREFUSED.*Check the network and the address\.$/,
    )
    proxy.forwardTo(originOf(running.engine.webhookUrl))
    await proxy.reopen()
    await untilReach(running, 'reachable')
  })

  test('that leads to another engine is not taken for our own', async () => {
    const { proxy, running } = await startBehindProxy()
    const other = await startRunningEngine()
    proxy.forwardTo(originOf(other.engine.webhookUrl))
    await untilReach(running, 'unreachable')
    expect(told(running)).toMatch(/does not lead to this program: something else answers there \(401\)/)
  })

  test('nothing but a POST of the webhook’s path passes', async () => {
    const { proxy, running } = await startBehindProxy()
    proxy.forwardTo(originOf(running.engine.webhookUrl))
    await untilReach(running, 'reachable')
    const statusOf = async (method: string, path: string) => (await fetch(`${proxy.url}${path}`, { method })).status
    expect(await statusOf('GET', WEBHOOK_PATH)).toBe(405)
    expect(await statusOf('PUT', WEBHOOK_PATH)).toBe(405)
    for (const path of ['/', '/health', '/metrics', '/calls/jobs', `${WEBHOOK_PATH}/more`, '//webhooks/notion']) {
      expect({ path, status: await statusOf('POST', path) }).toEqual({ path, status: 404 })
    }
  })
})

describe('an address that nobody confirmed', () => {
  test('is never probed: without a tunnel, what stands as endpoint_url is only a note', async () => {
    const proxy = await startForwardingProxy()
    const running = await startRunningEngine({
      settings: () => ({ webhook: { endpoint_url: `${proxy.url}${WEBHOOK_PATH}` } }),
    })
    proxy.forwardTo(originOf(running.engine.webhookUrl))
    await running.send('page.created', running.workspace.pageIds('Actionable Tasks')[0]!)
    await running.engine.whenIdle()
    expect(reachOf(running)).toEqual({ provider: 'none', state: 'off', address: null, provenAt: null, message: null })
    expect(running.engine.status().state).toBe('healthy')
    expect(proxy.asked).toEqual([])
  })

  test('the specification’s placeholder is told as what it is', async () => {
    const running = await startRunningEngine({
      settings: () => ({
        webhook: { endpoint_url: 'https://your-domain.com/webhooks/notion' },
        tunnel: { provider: 'url' },
      }),
    })
    await untilReach(running, 'unreachable')
    expect(told(running)).toBe(
      'webhook.endpoint_url is an address out of an example, and is not probed. Write the public address that leads here, and start again.',
    )
  })
})

test('a delivery that came by another name proves no address that nobody has come back from, and teaches none', async () => {
  const dead = `https://127.0.0.1:${await freePort()}${WEBHOOK_PATH}`
  const running = await startRunningEngine({
    settings: () => ({ webhook: { endpoint_url: dead }, tunnel: { provider: 'url' } }),
  })
  await untilReach(running, 'unreachable')
  const { workspace, secret, engine } = running
  const send = async (...more: [string, string][]): Promise<void> => {
    const body = JSON.stringify(eventFor(workspace, 'page.created', workspace.pageIds('Actionable Tasks')[0]!))
    const headers: [string, string][] = [
      ['content-type', 'application/json'],
      ['x-notion-signature', signBody(body, secret)],
      ...more,
    ]
    expect((await fetch(engine.webhookUrl, { method: 'POST', headers, body })).status).toBe(200)
  }
  expect(told(running)).not.toContain('Deliveries do come')
  // As nginx sends them on, unless it is told otherwise.
  await send()
  expect(told(running)).toContain('Deliveries do come')
  expect(reachOf(running).state).toBe('unreachable')
  for (const host of ['sync.my-company.io', '127.0.0.1:8000']) {
    await send(['x-forwarded-for', '203.0.113.7'], ['x-forwarded-host', host])
  }
  expect(told(running)).toContain('Deliveries do come')
  expect(reachOf(running)).toMatchObject({ state: 'unreachable', provenAt: null })
  const proxy = await startForwardingProxy()
  await running.restart({ webhook: { endpoint_url: `${proxy.url}${WEBHOOK_PATH}` }, tunnel: { provider: 'url' } })
  proxy.forwardTo(originOf(running.engine.webhookUrl))
  await untilReach(running, 'reachable')
  expect(running.engine.status().problems.map(({ code }) => code)).not.toContain('address-changed')
})

test('a delivery that was sent to the address proves it, where no probe comes back and nobody names who forwarded it', async () => {
  const port = await freePort()
  const running = await startRunningEngine({
    settings: () => ({
      webhook: { endpoint_url: `https://127.0.0.1:${port}${WEBHOOK_PATH}` },
      tunnel: { provider: 'url' },
    }),
  })
  await untilReach(running, 'unreachable')
  const { workspace, secret, engine } = running
  const body = JSON.stringify(eventFor(workspace, 'page.created', workspace.pageIds('Actionable Tasks')[0]!))
  await fetch(engine.webhookUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-notion-signature': signBody(body, secret),
      'x-forwarded-host': `127.0.0.1:${port}`,
    },
    body,
  })
  expect(reachOf(running).state).toBe('reachable')
})

test('a path that was mistaken is not taken for where Notion sends to, however many deliveries come to the right one', async () => {
  const proxy = await startForwardingProxy()
  const running = await startRunningEngine({
    settings: () => ({ webhook: { endpoint_url: `${proxy.url}/webhook/notion` }, tunnel: { provider: 'url' } }),
  })
  proxy.forwardTo(originOf(running.engine.webhookUrl))
  await untilReach(running, 'unreachable')
  const { workspace, secret } = running
  const send = async (): Promise<void> => {
    const event = eventFor(workspace, 'page.created', workspace.pageIds('Actionable Tasks')[0]!)
    expect((await deliver({ url: `${proxy.url}${WEBHOOK_PATH}`, secret, event })).status).toBe(200)
  }
  await send()
  expect(reachOf(running).state).toBe('unreachable')
  await running.restart({ webhook: { endpoint_url: `${proxy.url}${WEBHOOK_PATH}` }, tunnel: { provider: 'url' } })
  proxy.forwardTo(originOf(running.engine.webhookUrl))
  await untilReach(running, 'reachable')
  const faults = () => running.engine.status().problems.filter(({ severity }) => severity === 'failure')
  expect(faults()).toEqual([])
  await send()
  expect(faults()).toEqual([])
})

describe('an address that changed', () => {
  test('is told with the steps in Notion, until a delivery comes through the new one', async () => {
    const { proxy, running } = await startBehindProxy()
    proxy.forwardTo(originOf(running.engine.webhookUrl))
    await untilReach(running, 'reachable')
    const changed = () => running.engine.status().problems.find(({ code }) => code === 'address-changed')
    expect(changed()).toBeUndefined()
    const { workspace, secret } = running
    const sendTo = async (url: string): Promise<void> => {
      const event = eventFor(workspace, 'page.created', workspace.pageIds('Actionable Tasks')[0]!)
      expect((await deliver({ url: `${url}${WEBHOOK_PATH}`, secret, event })).status).toBe(200)
    }
    await sendTo(proxy.url)

    const next = await startForwardingProxy()
    await running.restart({
      webhook: { endpoint_url: `${next.url}${WEBHOOK_PATH}` },
      tunnel: { provider: 'url' },
    })
    next.forwardTo(originOf(running.engine.webhookUrl))
    await untilReach(running, 'reachable')
    expect(changed()).toMatchObject({ severity: 'failure' })
    expect(changed()!.message).toContain(`is now ${next.url}${WEBHOOK_PATH}, but Notion sends to ${proxy.url}`)
    expect(changed()!.message).toMatch(
      /1\. In Notion.*delete the subscription.*2\. Make a new one.*3\. Remove .*webhook\.secret, start again, and pair it/,
    )

    await sendTo(next.url)
    expect(changed()).toBeUndefined()
    await running.restart({ webhook: { endpoint_url: `${next.url}${WEBHOOK_PATH}` }, tunnel: { provider: 'url' } })
    next.forwardTo(originOf(running.engine.webhookUrl))
    await untilReach(running, 'reachable')
    expect(changed()).toBeUndefined()
  })
})

test('an address of a private network is no green light where Notion itself is not in one', async () => {
  const proxy = await startForwardingProxy()
  const folder = temporaryFolder()
  const { file } = writeSettings(folder, 'https://notion.my-company.io', {
    webhook: { secret: madeSecret(), endpoint_url: proxy.url },
    tunnel: { provider: 'url' },
  })
  const away = { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}` }
  const { run, ready } = await startEngineProcess(file, join(folder, 'data'), { environment: away })
  proxy.forwardTo(originOf(ready.webhook))
  const shown = async (): Promise<string> => (await fetch(ready.console)).text()
  await until('it is told', async () => (await shown()).includes('Notion reaches no address of a private network'))
  expect(await (await fetch(new URL('/health', ready.console))).json()).toMatchObject({ status: 'degraded' })
  run.kill('SIGTERM')
  await run.ended
  expect([run.stdout().includes('public {'), proxy.asked]).toEqual([false, []])
})

test('the program tells the address that a person pastes into Notion, once it is known to lead here', async () => {
  const proxy = await startForwardingProxy()
  const folder = temporaryFolder()
  const { file } = writeSettings(folder, 'http://127.0.0.1:9', {
    webhook: { secret: madeSecret(), endpoint_url: proxy.url },
    tunnel: { provider: 'url' },
  })
  const { run, ready } = await startEngineProcess(file, join(folder, 'data'))
  expect(run.stdout()).not.toContain('public')
  proxy.forwardTo(originOf(ready.webhook))
  await run.printed('}\npublic {"url":"')
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(run.stdout().split('\n').slice(1)).toEqual([
    `public ${JSON.stringify({ url: `${proxy.url}${WEBHOOK_PATH}` })}`,
    '',
  ])
})
