import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../electron/engine/foundation/clock.ts'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { createIsolatedNgrok } from '../../../electron/engine/tunnel/isolated-ngrok.ts'
import { startProxiedServer } from '../../../electron/engine/tunnel/proxied-server.ts'
import { makeServerCertificate } from '../../../electron/engine/tunnel/server-certificate.ts'
import { portOf, startConnectProxy } from '../../support/connect-proxy.ts'
import { JSON_TYPE, signed } from '../../support/listener.ts'
import { startNgrokServer } from '../../support/ngrok-server/server.ts'
import { NGROK_HOST, ngrokOnly, proxyOnly, startNgrokStage } from '../../support/ngrok-server/stage.ts'
import { failed, opened, PASSWORD, startProxiedStage, TARGET } from '../../support/proxied-stage.ts'
import { until } from '../../support/until.ts'

// Only there does SSL_CERT_FILE name the certificates of the system, which a test can give.
describe.skipIf(process.platform !== 'linux')('behind a proxy of the environment, a tunnel of ngrok', () => {
  test('is opened through it, and brings deliveries', async () => {
    const hosts: Record<string, number> = {}
    const proxy = await startConnectProxy(hosts, PASSWORD)
    const { server, listener, open } = await startProxiedStage(
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
    const { server, lost, open } = await startProxiedStage(proxy.url)
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

  test.each([
    ['', undefined],
    [', even where the environment turns Node’s own checks off', '0'],
  ])(
    'is not opened at a server whose certificate is of nobody that is trusted: the token is for ngrok alone%s',
    async (_, off) => {
      const { open } = await startProxiedStage('http://127.0.0.1:9')
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

  test.each(['127.0.0.1', 'localhost', '[::1]'])(
    'is opened through a proxy of https:// that is known as %s',
    async (name) => {
      const hosts: Record<string, number> = {}
      const proxy = await startConnectProxy(hosts, PASSWORD, proxyOnly, name === '[::1]' ? '::1' : '127.0.0.1')
      const { server, open } = await startProxiedStage(
        `https://me:${encodeURIComponent(PASSWORD)}@${name}:${proxy.port}`,
      )
      hosts[TARGET] = portOf(`https://${server.address}`)
      await (await opened(open)).close()
      expect(proxy.asked).toEqual([TARGET])
    },
  )

  test.each([
    ['another name, were it ngrok’s own', true, undefined],
    ['nobody that is trusted', false, undefined],
    ['nobody that is trusted, with Node’s own checks turned off', false, '0'],
  ])('gives no password to a proxy of https:// whose certificate is of %s', async (_what, isTrusted, off) => {
    const stranger = await makeServerCertificate({ addresses: [], hosts: ['localhost'] }, Date.now())
    const shown = isTrusted ? ngrokOnly : stranger
    const proxy = await startConnectProxy({}, PASSWORD, shown)
    const { open } = await startProxiedStage(`https://me:${encodeURIComponent(PASSWORD)}@localhost:${proxy.port}`)
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
})

test('the authority of the server on loopback lies on the disk only while the library reads it', async () => {
  const url = new URL('http://127.0.0.1:9')
  const { server, stop } = await startProxiedServer({
    proxy: { variable: 'HTTPS_PROXY', url, shown: url.origin },
    target: TARGET,
    disk: systemDisk,
    now: systemClock.now(),
    onWaiting: () => undefined,
  })
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
