import { expect, test } from 'vitest'
import { systemClock } from '../../../electron/engine/foundation/clock.ts'
import { createNgrok } from '../../../electron/engine/tunnel/ngrok.ts'
import { answering, freePort, startAnsweringServer } from '../../support/answering-server.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { PROJECT_FOLDER, runNode } from '../../support/program-run.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'
import { writeSettings } from '../../support/settings-file.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { startTunnelServer } from '../../support/tunnel-server.ts'

/** In ngrok's shape; it never leaves loopback. */
const AUTHTOKEN = '2LoopbackLoopbackLoopbackLo_5LoopbackLoopbackLoop'

/** All of it through the real `@ngrok/ngrok`; what it speaks to stands on loopback. */
const openingAt = (serverAddress: string) => {
  const provider = createNgrok({
    authtoken: AUTHTOKEN,
    domain: null,
    localAddress: '127.0.0.1:9',
    path: '/webhooks/notion',
    clock: systemClock,
    log: createRecordedLog(),
    serverAddress,
  })
  return (wanted = new AbortController()) =>
    provider.open({
      signal: wanted.signal,
      onLost: () => {
        throw new Error('Nothing was open, and nothing can be lost')
      },
    })
}

test('a server that refuses is told as one that cannot be reached, each time', async () => {
  const open = openingAt(`127.0.0.1:${await freePort()}`)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const answer = await open()
    expect(answer).toMatchObject({ ok: false, failure: { code: 'unreachable' } })
    expect(JSON.stringify(answer)).not.toContain(AUTHTOKEN)
  }
})

test.each<[string, Parameters<typeof startTunnelServer>[0]]>([
  ['drops each connection', (connection) => connection.destroy()],
  [
    'drops each connection that has said something',
    (connection) => connection.once('data', () => connection.destroy()),
  ],
  ['answers garbage', (connection) => connection.end('HTTP/1.1 200 OK\r\n\r\nhello')],
  ['answers what was asked', (connection) => connection.pipe(connection)],
])('a server that %s is told as something that stands between', async (_what, treat) => {
  const { address } = await startTunnelServer(treat)
  const open = openingAt(address)
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(await open()).toMatchObject({ ok: false, failure: { code: 'tls' } })
  }
})

test('a server that stays silent leaves the opening without an answer, and nothing else waits for it', async () => {
  const { address, nextHello, cut } = await startTunnelServer(() => undefined)
  const other = await startAnsweringServer(answering(200, {}))
  const hello = nextHello()
  let isAnswered = false
  const opening = openingAt(address)().then((answer) => {
    isAnswered = true
    return answer
  })
  await hello
  expect((await fetch(other.url)).status).toBe(200)
  await endOfTurn()
  expect(isAnswered).toBe(false)
  const again = nextHello()
  cut()
  await again
  cut()
  expect(await opening).toMatchObject({ ok: false, failure: { code: 'tls' } })
})

/** Runs in a process of its own; resolves with what it printed, once it has ended by itself. */
const outputOf = async (code: string, environment: Readonly<Record<string, string>> = {}) => {
  const imports = {
    engine: new URL('electron/engine/engine.ts', `file://${PROJECT_FOLDER}/`).href,
    load: new URL('electron/engine/settings/load.ts', `file://${PROJECT_FOLDER}/`).href,
    ngrok: new URL('electron/engine/tunnel/ngrok.ts', `file://${PROJECT_FOLDER}/`).href,
  }
  const run = runNode(['--input-type=module', '--eval', `const imports = ${JSON.stringify(imports)}\n${code}`], {
    environment,
  })
  expect(await run.ended, run.stderr()).toStrictEqual({ code: 0, signal: null })
  return run.stdout()
}

const OPEN = `
const { createNgrok } = await import(imports.ngrok)
const { systemClock } = await import(imports.engine)
const provider = createNgrok({
  authtoken: '${AUTHTOKEN}', domain: null, localAddress: '127.0.0.1:9', path: '/', clock: systemClock,
  log: { info() {}, warn() {}, error() {} }, serverAddress: process.env.SERVER_ADDRESS,
})
const wanted = new AbortController()
const opening = provider.open({ signal: wanted.signal, onLost() {} })
`

test('a process whose opening has no answer ends when it wants to', async () => {
  const { address, nextHello } = await startTunnelServer(() => undefined)
  const hello = nextHello()
  const gate = await startAnsweringServer((response) => {
    void hello.then(() => response.end())
  })
  const output = await outputOf(
    `${OPEN}
    opening.finally(() => console.log('answered'))
    await fetch(process.env.GATE)
    wanted.abort()
    process.exit(0)`,
    { SERVER_ADDRESS: address, GATE: gate.url },
  )
  expect(output).toBe('')
})

test('an engine without a tunnel never loads the library, and one that opens a tunnel does', async () => {
  const folder = temporaryFolder()
  const { file } = writeSettings(folder, `http://127.0.0.1:${await freePort()}`)
  const output = await outputOf(
    `const loaded = () => process.report.getReport().sharedObjects.some((name) => /ngrok[^/\\\\]*\\.node$/.test(name))
    const { startEngine, readTextNow } = await import(imports.engine)
    const { loadSettings } = await import(imports.load)
    const quiet = { info() {}, warn() {}, error() {} }
    const cwd = process.env.FOLDER
    const settings = loadSettings({ file: process.env.FILE, cwd, environment: {}, readText: readTextNow })
    const engine = await startEngine({ loaded: settings, dataFolder: cwd, log: quiet })
    console.log(engine.status().reach.state, loaded())
    await engine.stop()
    ${OPEN}
    console.log((await opening).ok, loaded())
    process.exit(0)`,
    { FOLDER: folder, FILE: file, SERVER_ADDRESS: `127.0.0.1:${await freePort()}` },
  )
  expect(output).toBe('off false\nfalse true\n')
})
