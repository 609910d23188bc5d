import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createHttpServer, listenHttp } from '../../electron/engine/foundation/http-server.ts'
import { signBody } from '../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { eventBodySchema } from '../../shared/events.ts'
import { pagesIn } from '../support/cache-contents.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { runProgram } from '../support/program-run.ts'
import { madeSecret, writeSettings } from '../support/settings-file.ts'
import { freePort } from '../support/taken-port.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const PAGE = '1a2b3c4d-0000-4000-8000-00000000abcd'

const simulate = async (cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const run = runProgram('simulate', args, { cwd, environment })
  const { code } = await run.ended
  return { code, stdout: run.stdout(), stderr: run.stderr() }
}

const withSettings = (baseUrl: string, port: number) => {
  const folder = temporaryFolder()
  const secret = madeSecret()
  return { folder, secret, ...writeSettings(folder, baseUrl, { webhook: { secret, listen: { port } } }) }
}

/** Whatever arrives at it, it keeps. */
const receiver = async () => {
  const received: { readonly body: Buffer; readonly signature: unknown; readonly path: string }[] = []
  const server = createHttpServer({ bodyLimitBytes: 100_000, requestTimeoutMs: 5_000 })
  server.post('/*', async (request, reply) => {
    const signature = request.headers['x-notion-signature']
    received.push({ body: request.body as Buffer, signature, path: request.url })
    return reply.send({ status: 'queued', event_id: 'x', reason: null })
  })
  onTestFinished(() => server.close())
  return { received, url: await listenHttp(server, '127.0.0.1', 0) }
}

test('an event for a page goes to the engine that the settings describe, and the page becomes a file', async () => {
  const notion = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null })
  onTestFinished(() => notion.stop())
  const { folder, file, cacheFolder } = withSettings(notion.url, await freePort())
  await startEngineProcess(file, join(folder, 'data'))
  const id = notion.workspace.pageIds('Actionable Tasks')[0]!
  // webhook_config.yaml in the folder where the command is given: the settings file need not be named.
  const { code, stdout, stderr } = await simulate(folder, ['--event', 'page.created', '--page', id])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^200 \{"status":"queued","event_id":"[0-9a-f-]{36}","reason":null\}\n$/)
  await until('the page has its file', () => pagesIn(cacheFolder).has(id))
  // An engine with another secret refuses it.
  writeFileSync(file, readFileSync(file, 'utf8').replace(/secret_\w+/, madeSecret()))
  const refused = await simulate(folder, ['--event', 'page.created', '--page', id, '--config', file])
  expect(refused).toEqual({ code: 1, stdout: expect.stringMatching(/^401 \{"status":"rejected",.*\}\n$/), stderr: '' })
})

test('with --url the delivery goes there, in Notion’s shape and signed with the secret of the settings', async () => {
  const { received, url } = await receiver()
  const { folder, secret, file } = withSettings(url, await freePort())
  const args = ['--page', PAGE.replaceAll('-', '').toUpperCase(), '--config', file, '--url', `${url}/some/where`]
  for (const [event, type] of [
    ['page.deleted', 'page.deleted'],
    ['page.updated', 'page.content_updated'],
    ['database.updated', 'database.content_updated'],
  ] as const) {
    const { code, stderr } = await simulate(folder, ['--event', event, ...args])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { body, signature, path } = received.at(-1)!
    expect(path).toBe('/some/where')
    expect(signature).toBe(signBody(body, secret))
    const sent = eventBodySchema.parse(JSON.parse(body.toString('utf8')))
    expect(sent).toMatchObject({ type, entity: { id: PAGE, type: type.split('.')[0] } })
    expect(Date.parse(sent.timestamp ?? '')).toBeGreaterThan(0)
  }
  const ids = received.map(({ body }) => eventBodySchema.parse(JSON.parse(body.toString('utf8'))).id)
  expect(new Set(ids).size).toBe(3)
})

test('an event type or an id that cannot be meant is refused with one sentence', async () => {
  const { folder } = withSettings('http://127.0.0.1:9', await freePort())
  const usage = 'Usage: npm run simulate -- --event page.created --page ID [--config FILE] [--url URL]\n'
  const refusals = [
    [
      ['--event', 'page.exploded', '--page', PAGE],
      '--event must be one of Notion’s event types, such as page.created, but is page.exploded. ',
    ],
    [['--page', PAGE], '--event must be one of Notion’s event types, such as page.created, but is missing. '],
    [['--event', 'page.created', '--page', '12'], '--page must be the id of a page, but is 12. '],
    [['--event', 'page.created'], '--page must be the id of a page, but is missing. '],
  ] as const
  for (const [args, sentence] of refusals) {
    expect(await simulate(folder, args)).toEqual({ code: 2, stdout: '', stderr: `${sentence}${usage}` })
  }
  const unknown = await simulate(folder, ['--event', 'page.created', '--page', PAGE, '--speed', '9'])
  expect(unknown).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^Unknown option '--speed'.*\n$/) })
  const stray = await simulate(folder, ['plainTokenWithoutAShape', '--event', 'page.created', '--page', PAGE])
  const notTaken = 'There is a word where only options belong (not repeated: it may be a secret). '
  expect(stray).toEqual({ code: 2, stdout: '', stderr: `${notTaken}${usage}` })
})

test('where nobody listens, where no settings file is, and where no secret is set: what to do is told', async () => {
  const port = await freePort()
  const { folder, file } = withSettings('http://127.0.0.1:9', port)
  const args = ['--event', 'page.created', '--page', PAGE]
  const nobody = await simulate(folder, args)
  expect(nobody).toMatchObject({ code: 2, stdout: '' })
  expect(nobody.stderr).toMatch(
    new RegExp(
      `^Nothing answers at http://127\\.0\\.0\\.1:${port}/webhooks/notion .*: npm run headless -- --config .*\\n$`,
    ),
  )
  expect(await simulate(temporaryFolder(), args)).toEqual({
    code: 2,
    stdout: '',
    stderr: 'webhook_config.yaml cannot be read: there is no such file.\n',
  })
  writeFileSync(file, readFileSync(file, 'utf8').replace(/secret_\w+/, '${NO_SECRET_HERE}'))
  expect(await simulate(folder, args)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^webhook_config\.yaml:\d+: webhook\.secret: set the secret .*\n$/),
  })
})
