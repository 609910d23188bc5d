import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../electron/engine/foundation/clock.ts'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { createIsolatedNgrok } from '../../../electron/engine/tunnel/isolated-ngrok.ts'
import type { Opening, TunnelFailure } from '../../../electron/engine/tunnel/provider.ts'
import { startProxiedServer } from '../../../electron/engine/tunnel/proxied-server.ts'
import { makeServerCertificate } from '../../../electron/engine/tunnel/server-certificate.ts'
import { freePort } from '../../support/answering-server.ts'
import { portOf, startConnectProxy } from '../../support/connect-proxy.ts'
import { JSON_TYPE, signed } from '../../support/listener.ts'
import { startNgrokServer } from '../../support/ngrok-server/server.ts'
import { NGROK_HOST, ngrokOnly, proxyOnly, startNgrokStage } from '../../support/ngrok-server/stage.ts'
import { startTunnelServer } from '../../support/tunnel-server.ts'
import { until } from '../../support/until.ts'

const TARGET = `${NGROK_HOST}:443`
const PASSWORD = 'open sesame: ß'

afterEach(() => {
  delete process.env['HTTPS_PROXY']
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
})

/** ngrok's own library in a process of its own, which inherits the environment; its server has a name that only a proxy knows. */
const startStage = async (proxyVariable: string) => {
  const stage = await startNgrokStage()
  process.env['HTTPS_PROXY'] = proxyVariable
  const lost: TunnelFailure[] = []
  const provider = createIsolatedNgrok({ ...stage.options, serverAddress: TARGET })
  const open = (): Promise<Opening> =>
    provider.open({ signal: new AbortController().signal, onLost: (failure) => lost.push(failure) })
  return { ...stage, lost, open }
}

const opened = async (open: () => Promise<Opening>) => {
  const opening = await open()
  if (!opening.ok) throw new Error(`${opening.failure.code}: ${opening.failure.message}`)
  return opening.tunnel
}

const failed = async (open: () => Promise<Opening>): Promise<TunnelFailure> => {
  const opening = await open()
  if (opening.ok) throw new Error('It was opened')
  return opening.failure
}

describe('behind a proxy of the environment, a tunnel of ngrok', () => {
  test('is opened through it, and brings deliveries', async () => {
    const hosts: Record<string, number> = {}
    const proxy = await startConnectProxy(hosts, PASSWORD)
    const { server, listener, open } = await startStage(
      `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`,
    )
    hosts[TARGET] = portOf(`https://${server.address}`)
    const tunnel = await opened(open)
    expect(proxy.asked).toEqual([TARGET])
    const bodies = Array.from({ length: 20 }, (_, nth) => JSON.stringify({ id: `${nth}`, text: 'x'.repeat(50_000) }))
    const answers = await Promise.all(
      bodies.map((body) =>
        fetch(tunnel.address, { method: 'POST', headers: [[...JSON_TYPE], [...signed(body)]], body }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200))
    expect(listener.admitted).toHaveLength(bodies.length)
    await tunnel.close()
    await until('the endpoint is closed', () => server.endpoints().length === 0)
  })

  test('is lost and told when ngrok is, and opens again', async () => {
    const hosts: Record<string, number> = {}
    const proxy = await startConnectProxy(hosts)
    const { server, lost, open } = await startStage(proxy.url)
    hosts[TARGET] = portOf(`https://${server.address}`)
    await opened(open)
    server.dropConnections()
    await until('it is lost', () => lost.length > 0)
    expect(lost).toMatchObject([{ code: 'lost' }])
    await (await opened(open)).close()
    expect(proxy.asked).toEqual([TARGET, TARGET])
  })

  test('that its supervisor holds comes back when what lies behind the proxy does, and says meanwhile what is wrong', async () => {
    const hosts: Record<string, number> = {}
    const proxy = await startConnectProxy(hosts)
    process.env['HTTPS_PROXY'] = proxy.url
    const { server, supervise } = await startNgrokStage(TARGET)
    hosts[TARGET] = portOf(`https://${server.address}`)
    const { untilState, untilTold } = supervise()
    await untilState('reachable')
    await server.stop()
    await untilTold(/proxy/)
    await server.reopen()
    await untilState('reachable', 20_000)
  })

  test('hears what ngrok refuses, in ngrok’s words', async () => {
    const hosts: Record<string, number> = {}
    const proxy = await startConnectProxy(hosts)
    const { server, open } = await startStage(proxy.url)
    hosts[TARGET] = portOf(`https://${server.address}`)
    server.refuseWith('ERR_NGROK_105')
    expect(await failed(open)).toMatchObject({ code: 'ERR_NGROK_105' })
  })

  test('is told with the proxy’s name, and never with its password, where the proxy wants another', async () => {
    const proxy = await startConnectProxy({}, PASSWORD)
    const { open } = await startStage(`http://me:wrong-word@127.0.0.1:${proxy.port}`)
    expect(await failed(open)).toEqual({
      code: 'proxy-refused',
      message: `The proxy ${proxy.url} asks for a user name and a password (407). Write them into HTTPS_PROXY, as http://user:password@host:port, and start again.`,
    })
  })

  test('is told where the proxy does not let it through', async () => {
    const proxy = await startConnectProxy({})
    const { open } = await startStage(proxy.url)
    expect(await failed(open)).toEqual({
      code: 'proxy-refused',
      message: `The proxy ${proxy.url} does not let the connection to ngrok through (502). Have it allow ${TARGET}, or try another network.`,
    })
  })

  test('is told where nobody is at the proxy’s address', async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    const { open } = await startStage(address)
    const failure = await failed(open)
    expect(failure.code).toBe('proxy-unreachable')
    expect(failure.message).toMatch(
      new RegExp(
        `^The proxy ${address} gives no connection to ngrok \\(.*ECONNREFUSED.*\\)\\. Check it, and HTTPS_PROXY`,
      ),
    )
  })

  test.each([
    ['', undefined],
    [', even where the environment turns Node’s own checks off', '0'],
  ])(
    'is not opened at a server whose certificate is of nobody that is trusted: the token is for ngrok alone%s',
    async (_, off) => {
      const { open } = await startStage('http://127.0.0.1:9')
      const stranger = await startNgrokServer(
        await makeServerCertificate({ addresses: [], hosts: [NGROK_HOST] }, Date.now()),
      )
      const proxy = await startConnectProxy({ [TARGET]: portOf(`https://${stranger.address}`) })
      process.env['HTTPS_PROXY'] = proxy.url
      if (off !== undefined) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = off
      expect(await failed(open)).toMatchObject({ code: 'tls', message: expect.stringContaining('cannot be secured (') })
      expect([proxy.asked, stranger.agents]).toEqual([[TARGET], []])
    },
  )

  test.each(['127.0.0.1', 'localhost'])('is opened through a proxy of https:// that is known as %s', async (name) => {
    const hosts: Record<string, number> = {}
    const proxy = await startConnectProxy(hosts, PASSWORD, proxyOnly)
    const { server, open } = await startStage(`https://me:${encodeURIComponent(PASSWORD)}@${name}:${proxy.port}`)
    hosts[TARGET] = portOf(`https://${server.address}`)
    await (await opened(open)).close()
    expect(proxy.asked).toEqual([TARGET])
  })

  test.each([
    ['another name, were it ngrok’s own', true, undefined],
    ['nobody that is trusted', false, undefined],
    ['nobody that is trusted, with Node’s own checks turned off', false, '0'],
  ])('gives no password to a proxy of https:// whose certificate is of %s', async (_what, isTrusted, off) => {
    const stranger = await makeServerCertificate({ addresses: [], hosts: ['localhost'] }, Date.now())
    const shown = isTrusted ? ngrokOnly : stranger
    const proxy = await startConnectProxy({}, PASSWORD, shown)
    const { open } = await startStage(`https://me:${encodeURIComponent(PASSWORD)}@localhost:${proxy.port}`)
    if (off !== undefined) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = off
    expect(await failed(open)).toMatchObject({ code: 'proxy-unreachable' })
    expect(proxy.credentials).toEqual([])
  })

  test('is not opened at a trusted server of another name', async () => {
    const hosts: Record<string, number> = {}
    const { server, options } = await startNgrokStage()
    const proxy = await startConnectProxy(hosts)
    process.env['HTTPS_PROXY'] = proxy.url
    hosts['another.invalid:443'] = portOf(`https://${server.address}`)
    const provider = createIsolatedNgrok({ ...options, serverAddress: 'another.invalid:443' })
    const failure = await failed(() => provider.open({ signal: new AbortController().signal, onLost: () => undefined }))
    expect([failure.code, server.agents]).toEqual(['tls', []])
  })

  test('is told where something else than ngrok answers behind the proxy', async () => {
    const { address } = await startTunnelServer((connection) => connection.end('HTTP/1.1 200 OK\r\n\r\nhello'))
    const proxy = await startConnectProxy({ [TARGET]: portOf(`http://${address}`) })
    const { open } = await startStage(proxy.url)
    expect(await failed(open)).toMatchObject({
      code: 'tls',
      message: expect.stringMatching(/^The connection to ngrok through the proxy .* cannot be secured \(/),
    })
  })
})

test('the authority of the server on loopback lies on the disk only while the library reads it', async () => {
  const proxy = new URL('http://127.0.0.1:9')
  const { server, stop } = await startProxiedServer({ proxy, target: TARGET, disk: systemDisk, now: systemClock.now() })
  onTestFinished(stop)
  const files: string[] = []
  await server.lendAuthority((file) => {
    files.push(file)
    expect(readFileSync(file, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/)
  })
  const broken = server.lendAuthority((file) => {
    files.push(file)
    throw new Error('the library refuses it')
  })
  await expect(broken).rejects.toThrow('the library refuses it')
  expect(files.map((file) => existsSync(file))).toEqual([false, false])
})
