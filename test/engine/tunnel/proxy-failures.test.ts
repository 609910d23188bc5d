import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../support/answering-server.ts'
import { portOf, startConnectProxy } from '../../support/connect-proxy.ts'
import { failed, PASSWORD, startHangingUp, startProxiedStage, TARGET } from '../../support/proxied-stage.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { startTunnelServer } from '../../support/tunnel-server.ts'
import { until } from '../../support/until.ts'

// Only there does SSL_CERT_FILE name the certificates of the system, which a test can give.
describe.skipIf(process.platform !== 'linux')(
  'behind a proxy of the environment, a tunnel of ngrok that does not open',
  () => {
    test('hears what ngrok refuses, in ngrok’s words', async () => {
      const hosts: Record<string, number> = {}
      const proxy = await startConnectProxy(hosts)
      const { server, open } = await startProxiedStage(proxy.url)
      hosts[TARGET] = portOf(`https://${server.address}`)
      server.refuseWith('ERR_NGROK_105')
      expect(await failed(open)).toMatchObject({ code: 'ERR_NGROK_105' })
    })

    test('is told with the proxy’s name, and never with its password, where the proxy wants another', async () => {
      const proxy = await startConnectProxy({}, PASSWORD)
      const { open } = await startProxiedStage(`http://me:wrong-word@127.0.0.1:${proxy.port}`)
      expect(await failed(open)).toEqual({
        code: 'proxy-refused',
        message: `The proxy ${proxy.url} takes neither the user name nor the password given (407). Write them into HTTPS_PROXY, as user:password@host:port, special characters percent-encoded (%40 for @), and start again.`,
      })
    })

    test('is told with the variable that names the proxy, where the proxy wants to know who asks', async () => {
      const proxy = await startConnectProxy({}, PASSWORD)
      const { open } = await startProxiedStage('http://other.invalid:9')
      process.env['https_proxy'] = proxy.url
      expect(await failed(open)).toMatchObject({
        code: 'proxy-refused',
        message: expect.stringContaining(
          `The proxy ${proxy.url} asks for a user name and a password (407). Write them into https_proxy,`,
        ),
      })
    })

    test('is told with the proxy’s name while the proxy gives no answer', async () => {
      const proxy = await startTunnelServer(() => undefined)
      const { waiting, open } = await startProxiedStage(`http://${proxy.address}`)
      void open()
      await proxy.nextHello()
      await until('it is known what is waited for', () => waiting.length > 0)
      expect(waiting).toEqual([
        {
          code: 'silent',
          message: `The proxy http://${proxy.address} gives no answer, so ngrok cannot be reached. Check it, and HTTPS_PROXY that names it; it is tried again by itself.`,
        },
      ])
    })

    test('is told with the proxy’s name while nobody answers behind it', async () => {
      const behind = await startTunnelServer(() => undefined)
      const proxy = await startConnectProxy({ [TARGET]: portOf(`http://${behind.address}`) })
      const { waiting, open } = await startProxiedStage(proxy.url)
      void open()
      await until('it is known what is waited for', () => waiting.length > 1)
      expect(waiting[1]).toEqual({
        code: 'silent',
        message: `ngrok gives no answer through the proxy ${proxy.url}. Check that the proxy lets ${TARGET} through; it is tried again by itself.`,
      })
    })

    test('is told with the proxy’s name where the connection ends after it was secured', async () => {
      const proxy = await startConnectProxy({ [TARGET]: await startHangingUp() })
      const { open } = await startProxiedStage(proxy.url)
      expect(await failed(open)).toEqual({
        code: 'proxy-cut',
        message: `The connection to ngrok through the proxy ${proxy.url} ended before ngrok had answered. Have the proxy let ${TARGET} through as it is, or try another network.`,
      })
    })

    test('is told where the folder for temporary files cannot be written', async () => {
      const proxy = await startConnectProxy({})
      const { open } = await startProxiedStage(proxy.url)
      const folder = join(temporaryFolder(), 'gone')
      vi.stubEnv('TMPDIR', folder)
      onTestFinished(() => {
        vi.unstubAllEnvs()
      })
      const failure = await failed(open)
      expect(failure.code).toBe('folder-unusable')
      expect(failure.message).toContain(`${folder} refuses it (ENOENT`)
    })

    test('is told where the proxy does not let it through', async () => {
      const proxy = await startConnectProxy({})
      const { open } = await startProxiedStage(proxy.url)
      expect(await failed(open)).toEqual({
        code: 'proxy-refused',
        message: `The proxy ${proxy.url} does not let the connection to ngrok through (502). Have it allow ${TARGET}, or try another network.`,
      })
    })

    test('is told where nobody is at the proxy’s address', async () => {
      const address = `http://127.0.0.1:${await freePort()}`
      const { open } = await startProxiedStage(address)
      const failure = await failed(open)
      expect(failure.code).toBe('proxy-unreachable')
      expect(failure.message).toMatch(
        new RegExp(
          `^The proxy ${address} gives no connection to ngrok \\(.*ECONNREFUSED.*\\)\\. Check it, and HTTPS_PROXY`,
        ),
      )
    })

    test('is told where something else than ngrok answers behind the proxy', async () => {
      const { address } = await startTunnelServer((connection) => connection.end('HTTP/1.1 200 OK\r\n\r\nhello'))
      const proxy = await startConnectProxy({ [TARGET]: portOf(`http://${address}`) })
      const { open } = await startProxiedStage(proxy.url)
      const failures = [await failed(open), await failed(open)]
      expect(failures[0]).toMatchObject({
        code: 'tls',
        message: expect.stringMatching(
          /^The connection to ngrok through the proxy [^ ]+ cannot be secured \([a-z ]+\)\. If/,
        ),
      })
      // The same words each time: a log tells them once.
      expect(failures[1]).toEqual(failures[0])
    })
  },
)
