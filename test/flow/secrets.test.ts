import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SECRETS_FILE } from '../../electron/engine/settings/secret-store.ts'
import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { pagesIn } from '../support/cache-contents.ts'
import { portOf, startConnectProxy } from '../support/connect-proxy.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { healthAt, type ProgramRun, runProgram } from '../support/program-run.ts'
import { madeSecret, madeToken, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const bytesIn = (folder: string, except = ''): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name !== except)
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path)),
  )

test('neither the secret nor the token stands in any file or output, whatever goes well or wrong', async () => {
  const folder = temporaryFolder()
  const secret = madeSecret()
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, token })
  const { workspace } = simulator
  const { file, cacheFolder } = writeSettings(folder, simulator.url, {
    webhook: { secret: '${A_SECRET}', processing: { retry_attempts: 0 }, debouncing: { page_updates: 0 } },
    notion: { token: '${A_TOKEN}' },
  })
  const environment = { A_SECRET: secret, A_TOKEN: token }
  const data = join(folder, 'data')
  const { run, ready } = await startEngineProcess(file, data, { environment })
  const send = async (event: object) => (await deliver({ url: ready.webhook, secret, event })).body
  const [first, second, third] = workspace.pageIds('Actionable Tasks')

  expect(await send(eventFor(workspace, 'page.created', first!))).toMatchObject({ status: 'queued' })
  await until('the page has its file', () => pagesIn(cacheFolder).size === 1)
  // Notion sends the token again, signed with itself.
  expect(await send({ verification_token: secret })).toMatchObject({ status: 'ignored' })
  expect(await send({ verification_token: secret })).toMatchObject({ status: 'ignored' })
  expect(
    (await deliver({ url: ready.webhook, secret: madeSecret(), event: { verification_token: secret } })).status,
  ).toBe(401)
  simulator.failNext({ match: /^\/v1\/pages\//, times: 1, status: 400, body: `refused for ${token}` })
  expect(await send(eventFor(workspace, 'page.created', second!))).toMatchObject({ status: 'queued' })
  await until('the refused page has failed', async () => (await healthAt(ready.console)).metrics.events_failed === 1)
  await simulator.stop()
  expect(await send(eventFor(workspace, 'page.created', third!))).toMatchObject({ status: 'queued' })
  await until('the outage is told', async () =>
    (await (await fetch(ready.console)).text()).includes('cannot be reached'),
  )
  const told = await (await fetch(ready.console)).text()

  // Two that cannot start: what they say is searched as well.
  const refused = runProgram('headless', ['--config', file, '--data', data], { environment })
  await refused.ended
  const simulated = runProgram('simulate', ['--event', 'page.created', '--page', first!, '--config', file], {
    environment,
  })
  await simulated.ended
  // The queue's own files too, as they lie while it runs.
  const whileRunning = bytesIn(data)
  run.kill('SIGTERM')
  expect(await run.ended).toEqual({ code: 0, signal: null })

  const outputs = [run, refused, simulated].flatMap((program) => [program.stdout(), program.stderr()])
  const everything = Buffer.concat([whileRunning, bytesIn(folder), Buffer.from([told, ...outputs].join('\n'))])
  expect(everything.includes('Actionable Tasks')).toBe(true)
  expect(run.stderr()).toContain('Attempt failed')
  expect({ secret: everything.includes(secret), token: everything.includes(token) }).toEqual({
    secret: false,
    token: false,
  })
})

/** A bug that throws what it held, as soon as this file is there: an error that nobody catches. */
const crashWhen = (file: string, variables: readonly string[]): string => {
  const script = `
    import { existsSync } from 'node:fs'
    setInterval(() => {
      if (existsSync(${JSON.stringify(file)})) {
        throw new Error('crashed with ' + ${JSON.stringify(variables)}.map((name) => process.env[name]).join(' and '))
      }
    }, 20).unref()`
  return `--import=data:text/javascript,${encodeURIComponent(script)}`
}

/** What runs in one folder with these settings: programs with all that they print, and what the console shows. */
const walkedFolder = (baseUrl: string, tunnel: Readonly<Record<string, unknown>> | undefined) => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const secret = madeSecret()
  const { file } = writeSettings(folder, baseUrl, { webhook: { secret }, notion: { token: null }, tunnel })
  const runs: ProgramRun[] = []
  const shown: string[] = []
  const kept = <T extends ProgramRun>(run: T): T => {
    runs.push(run)
    return run
  }
  return {
    folder,
    secret,
    start: async (environment: Readonly<Record<string, string>>) => {
      const engine = await startEngineProcess(file, data, { environment })
      kept(engine.run)
      return engine
    },
    command: (args: readonly string[], input = '', environment: Readonly<Record<string, string>> = {}) =>
      kept(runProgram('headless', [...args, '--config', file, '--data', data], { input, environment })).ended,
    look: async (url: string): Promise<void> => {
      for (const path of ['/', '/health', '/metrics']) shown.push(await (await fetch(`${url}${path}`)).text())
    },
    /** All output, and all files but the one that is there to keep secrets. */
    everything: (): Buffer => {
      const outputs = runs.flatMap((run) => [run.stdout(), run.stderr()])
      return Buffer.concat([
        bytesIn(folder, join('data', SECRETS_FILE)),
        Buffer.from([...outputs, ...shown].join('\n')),
      ])
    },
  }
}

/** Which of these texts stand in it. */
const foundIn = (bytes: Buffer, secrets: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(secrets).flatMap(([name, text]) => (bytes.includes(text) ? [name] : []))

/** In no shape that anybody would know. */
const madePlainToken = (): string => `plain-${madeSecret().slice(7)}`

test('nor does one that was kept, not even when it is replaced while it runs, or the program crashes with it', async () => {
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, token })
  onTestFinished(() => simulator.stop())
  const secrets = { token, tunnel: madePlainToken(), next: madePlainToken(), nextTunnel: madePlainToken() }
  const { folder, start, command, look, everything } = walkedFolder(simulator.url, undefined)
  const ended = { code: 0, signal: null }
  expect(await command(['keep-token', 'notion'], secrets.token)).toEqual(ended)
  expect(await command(['keep-token', 'tunnel'], secrets.tunnel)).toEqual(ended)

  const crashFile = join(folder, 'crash')
  const environment = {
    HELD_TOKEN: secrets.token,
    HELD_TUNNEL: secrets.tunnel,
    HELD_NEXT: secrets.next,
    NODE_OPTIONS: crashWhen(crashFile, ['HELD_TOKEN', 'HELD_TUNNEL', 'HELD_NEXT']),
  }
  const { run, ready } = await start(environment)
  await until(
    'the workspace is known',
    async () => !(await (await fetch(ready.console)).text()).includes('not connected yet'),
  )
  const replaced = [
    command(['keep-token', 'notion'], secrets.next),
    command(['keep-token', 'tunnel'], secrets.nextTunnel),
  ]
  expect(await Promise.all(replaced)).toEqual([ended, ended])
  const refused = await Promise.all([
    command(['keep-token', 'tunnel', secrets.nextTunnel]),
    command(['keep-token', secrets.next]),
    command(['keep-token', 'notion'], `${secrets.next} `),
  ])
  expect(refused).toEqual(Array(3).fill({ code: 2, signal: null }))
  await look(ready.console)
  writeFileSync(crashFile, '')
  expect(await run.ended).toEqual({ code: 1, signal: null })
  expect(run.stderr()).toContain('crashed with [hidden] and [hidden] and [hidden]')

  expect(foundIn(everything(), secrets)).toEqual([])
  const file = readFileSync(join(folder, 'data', SECRETS_FILE))
  expect(foundIn(file, secrets)).toEqual(['next', 'nextTunnel'])
  expect(await command(['keep-token', 'notion', '--forget'])).toEqual(ended)
  expect(await command(['keep-token', 'tunnel', '--forget'])).toEqual(ended)
  expect(foundIn(bytesIn(folder), secrets)).toEqual([])
})

test.each([
  ['the settings', { authtoken: '${A_TUNNEL}' }, 'A_TUNNEL'],
  ['the environment', undefined, 'NGROK_AUTHTOKEN'],
])('nor does the token of the tunnel from %s, or what the environment says of a proxy', async (_, tunnel, variable) => {
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, token })
  onTestFinished(() => simulator.stop())
  const secrets = { token, tunnel: madePlainToken(), password: madePlainToken(), wrongPassword: madePlainToken() }
  const credentials = { right: btoa(`me:${secrets.password}`), wrong: btoa(`me:${secrets.wrongPassword}`) }
  const proxy = await startConnectProxy({ 'notion.invalid:80': portOf(simulator.url) }, secrets.password)
  const { folder, secret, start, command, look, everything } = walkedFolder('http://notion.invalid', tunnel)
  const crashFile = join(folder, 'crash')
  const environment = (password: string) => ({
    NOTION_TOKEN: token,
    [variable]: secrets.tunnel,
    HTTP_PROXY: `http://me:${password}@127.0.0.1:${proxy.port}`,
    NODE_OPTIONS: crashWhen(crashFile, ['HTTP_PROXY', variable]),
  })

  const refused = await start(environment(secrets.wrongPassword))
  await until('the proxy is told', async () => (await (await fetch(refused.ready.console)).text()).includes('(407)'))
  await look(refused.ready.console)
  refused.run.kill('SIGTERM')
  await refused.run.ended

  const { run, ready } = await start(environment(secrets.password))
  const [first] = simulator.workspace.pageIds('Actionable Tasks')
  simulator.failNext({ match: /^\/v1\/pages\//, times: 1, status: 400, body: `no: ${Object.values(secrets).join()}` })
  await deliver({ url: ready.webhook, secret, event: eventFor(simulator.workspace, 'page.created', first!) })
  await until('the page has failed', () => run.stderr().includes('Attempt failed'))
  expect(await command(['jobs', '--json'], '', environment(secrets.password))).toMatchObject({ code: 0 })
  await look(ready.console)
  writeFileSync(crashFile, '')
  expect(await run.ended).toEqual({ code: 1, signal: null })
  expect(run.stderr()).toContain(`crashed with http://…@127.0.0.1:${proxy.port} and [hidden]`)

  const malformed = { ...environment(secrets.password), HTTP_PROXY: `http://me:${secrets.password}@no port:x` }
  expect(await command([], '', malformed)).toMatchObject({ code: 2 })
  expect(proxy.credentials).toContain(`Basic ${credentials.right}`)
  expect(foundIn(everything(), { ...secrets, ...credentials, secret })).toEqual(['secret'])
})
