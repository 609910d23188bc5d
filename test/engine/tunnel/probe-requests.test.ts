import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { useSystemProxy } from '../../../electron/engine/foundation/system-network.ts'
import { createProbeRequests } from '../../../electron/engine/tunnel/probe-requests.ts'
import { makeServerCertificate } from '../../../electron/engine/tunnel/server-certificate.ts'
import { answering, freePort, startAnsweringServer } from '../../support/answering-server.ts'
import { portOf, startConnectProxy } from '../../support/connect-proxy.ts'
import { proxyOnly } from '../../support/ngrok-server/stage.ts'
import { startProbedServer } from '../../support/probed-listener.ts'
import { redactorOf } from '../../support/redactor-of.ts'
import { startSecureServer } from '../../support/secure-server.ts'
import { startTunnelServer } from '../../support/tunnel-server.ts'
import { UNKNOWN_NAME } from '../../support/unknown-name.ts'

const post = async (address: string, signal = new AbortController().signal) =>
  createProbeRequests(signal).post(address, 'header')

test('posts the header, asks ngrok for no page of warning, and carries no secret of ours', async () => {
  const { address, arrived } = await startProbedServer((response) => response.end('{}'))
  await post(address)
  const [{ method, headers } = { method: null, headers: {} }] = arrived
  expect(method).toBe('POST')
  expect(headers).toMatchObject({ 'x-blackcore-probe': 'header', 'ngrok-skip-browser-warning': 'true' })
  const usual = /^(host|connection|accept|accept-.*|user-agent|sec-fetch-mode|content-type|content-length)$/
  expect(Object.keys(headers).filter((name) => !usual.test(name))).toStrictEqual([
    'x-blackcore-probe',
    'ngrok-skip-browser-warning',
  ])
})

test('gives the status, ngrok’s code and the body', async () => {
  const { url } = await startAnsweringServer(answering(502, 'words', { 'ngrok-error-code': 'ERR_NGROK_8012' }))
  expect(await post(url)).toStrictEqual({ kind: 'answer', status: 502, ngrokCode: 'ERR_NGROK_8012', body: 'words' })
  const plain = await startAnsweringServer(answering(204, ''))
  expect(await post(plain.url)).toStrictEqual({ kind: 'answer', status: 204, ngrokCode: null, body: '' })
})

test('gives where it is sent on as it is, and does not go there', async () => {
  const there = await startAnsweringServer(answering(200, 'there'))
  const { url } = await startAnsweringServer(answering(308, '', { location: there.url }))
  expect(await post(url)).toMatchObject({ kind: 'answer', status: 308 })
  expect(there.asked).toStrictEqual([])
})

describe('a body that is larger than ours', () => {
  test('is read to its first 1,000 bytes', async () => {
    const { url } = await startAnsweringServer(answering(200, 'é'.repeat(100_000)))
    expect(await post(url)).toMatchObject({ body: 'é'.repeat(500) })
  })

  test('is asked for as it is, and never unpacked where it comes packed all the same', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, 'x'))
    const asked: unknown[] = []
    const { url } = await startAnsweringServer((response) => {
      asked.push(response.req.headers['accept-encoding'])
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    })
    const before = process.memoryUsage.rss()
    expect(await post(url)).toMatchObject({ body: bomb.subarray(0, 1_000).toString('utf8') })
    expect(asked).toEqual(['identity'])
    expect(process.memoryUsage.rss() - before).toBeLessThan(60_000_000)
  })

  test('is given up when it never ends: the stranger’s connection is closed, and little was taken', async () => {
    const closed = Promise.withResolvers<number>()
    const piece = Buffer.alloc(65_536, 'x')
    const { url } = await startAnsweringServer((response) => {
      let sentBytes = 0
      const send = (): void => {
        while (!response.destroyed && response.write(piece)) sentBytes += piece.length
      }
      response.on('drain', send)
      void once(response, 'close').then(() => {
        closed.resolve(sentBytes)
      })
      send()
    })
    expect(await post(url)).toMatchObject({ kind: 'answer', body: 'x'.repeat(1_000) })
    expect(await closed.promise).toBeLessThan(50_000_000)
  })
})

describe('no answer', () => {
  test('of a port at which nobody listens says so, by an address and by a name', async () => {
    const port = await freePort()
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await post(`http://${host}:${port}`)).toMatchObject({
        kind: 'no-way',
        detail: expect.stringContaining('ECONNREFUSED'),
      })
    }
  })

  test('of a name that nobody knows, and of what is no address, is told in words', async () => {
    for (const address of [`http://${UNKNOWN_NAME}`, 'nowhere', 'ftp://127.0.0.1/']) {
      expect(await post(address)).toMatchObject({ kind: 'no-way', detail: expect.stringMatching(/\w/) })
    }
  })

  test('of a server that cuts the connection, before and within its answer, is told in words', async () => {
    const before = await startAnsweringServer((response) => response.destroy())
    const within = await startAnsweringServer((response) => {
      response.writeHead(200, { 'content-length': '500' })
      response.write('x', () => response.destroy())
    })
    for (const { url } of [before, within]) {
      expect(await post(url)).toMatchObject({ kind: 'no-way', detail: expect.stringMatching(/\w/) })
    }
  })

  test('is waited for no more when all is given up, however far it has come', async () => {
    for (const begin of [() => undefined, (response: { write(text: string): unknown }) => response.write('{')]) {
      const ending = new AbortController()
      const asked = Promise.withResolvers<undefined>()
      const { url } = await startAnsweringServer((response) => {
        begin(response)
        asked.resolve(undefined)
      })
      const reply = post(url, ending.signal)
      await asked.promise
      ending.abort()
      expect(await reply).toMatchObject({ kind: 'no-way' })
    }
  })

  test('is not even asked for when all was given up before', async () => {
    const { url, asked } = await startAnsweringServer(answering(200, ''))
    expect(await post(url, AbortSignal.abort())).toMatchObject({ kind: 'no-way' })
    expect(asked).toStrictEqual([])
  })
})

afterEach(() => {
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
})

/** Only Linux lets the environment say which certificates are the system’s. */
describe.skipIf(process.platform !== 'linux')('a certificate', () => {
  const NAMES = { addresses: ['127.0.0.1'], hosts: ['host.invalid'] }
  const UNTRUSTED = {
    kind: 'no-way',
    detail: 'its certificate is of an issuer that this system does not trust',
    remedy:
      'Give the address a certificate of a public authority (Let’s Encrypt, say), for its name and with those in between; if a proxy of this network shows its own in its place, have the system trust that.',
  }

  test.each([[undefined], ['0']])(
    'that nobody trusts is not taken, whatever the environment says of checks: %s',
    async (off) => {
      const arrived: unknown[] = []
      const { url } = await startSecureServer(await makeServerCertificate(NAMES, Date.now()), (request, response) => {
        arrived.push(request.headers)
        response.end('{}')
      })
      if (off !== undefined) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = off
      expect(await post(url)).toStrictEqual(UNTRUSTED)
      expect(await post(url)).toStrictEqual(UNTRUSTED)
      expect(arrived).toEqual([])
    },
  )

  test('that only this system trusts is taken, each time, and that is told', async () => {
    const { url } = await startSecureServer(proxyOnly, (_, response) => response.end('here'))
    const answer = { kind: 'answer', status: 200, ngrokCode: null, body: 'here', isKnownHereOnly: true }
    expect(await post(url)).toStrictEqual(answer)
    expect(await post(url)).toStrictEqual(answer)
  })

  test('of another name is told as that', async () => {
    const other = await makeServerCertificate({ addresses: [], hosts: ['other.invalid'] }, Date.now())
    const { url } = await startSecureServer({ ...proxyOnly }, (_, response) => response.end('here'))
    const { port } = await startSecureServer(other, (_, response) => response.end('here'))
    expect(await post(url.replace('127.0.0.1', 'localhost'))).toMatchObject({ kind: 'answer' })
    expect(await post(`https://127.0.0.1:${port}`)).toMatchObject({ kind: 'no-way', remedy: UNTRUSTED.remedy })
    const ofProxy = await startConnectProxy({ 'another.invalid:443': portOf(url) })
    onTestFinished(useSystemProxy({ HTTPS_PROXY: ofProxy.url }, redactorOf()))
    expect(await post('https://another.invalid/')).toMatchObject({ detail: 'its certificate is for another name' })
  })
})

test('what answers without TLS is told in one line, the same each time', async () => {
  const { address } = await startTunnelServer((connection) => connection.end('HTTP/1.1 200 OK\r\n\r\nhello'))
  const replies = [await post(`https://${address}`), await post(`https://${address}`)]
  expect(replies[0]).toMatchObject({
    kind: 'no-way',
    detail: expect.stringMatching(/^the connection cannot be secured \([a-z ]+\)$/),
  })
  expect(replies[1]).toEqual(replies[0])
})

describe('through a proxy of the environment', () => {
  const PASSWORD = 'open sesame'
  const useProxy = (url: string): void => {
    onTestFinished(useSystemProxy({ https_proxy: url }, redactorOf()))
  }

  test.skipIf(process.platform !== 'linux')('a probe reaches a host that only the proxy knows', async () => {
    const arrived: unknown[] = []
    const { port } = await startSecureServer(proxyOnly, (request, response) => {
      arrived.push(request.headers.host)
      response.end('there')
    })
    const proxy = await startConnectProxy({ 'localhost.:443': port, '127.0.0.2:8443': port }, PASSWORD)
    useProxy(`http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`)
    expect(await post('https://127.0.0.2:8443/path')).toMatchObject({ detail: 'its certificate is for another name' })
    expect(await post('https://localhost./path')).toMatchObject({ kind: 'answer', body: 'there' })
    expect(proxy.asked).toContain('localhost.:443')
    expect(arrived).toEqual(['localhost.'])
  })

  test('that asks who we are, the proxy is told by its name, with its variable, and never with the password', async () => {
    const proxy = await startConnectProxy({}, PASSWORD)
    useProxy(`http://me:wrong-word@127.0.0.1:${proxy.port}`)
    expect(await post('https://name.invalid/')).toStrictEqual({
      kind: 'no-way',
      detail: `the proxy ${proxy.url} takes neither the user name nor the password given (407)`,
      remedy:
        'Write them into https_proxy, as user:password@host:port, special characters percent-encoded (%40 for @), and start again.',
    })
  })

  test('that gives no answer, the proxy is told as what may be the reason', async () => {
    const { address } = await startTunnelServer(() => undefined)
    useProxy(`http://${address}`)
    expect(await post('https://name.invalid/')).toStrictEqual({
      kind: 'time-out',
      besides: `The way leads through the proxy http://${address}, which https_proxy names: check it too.`,
    })
  })

  test('that does not let it through, the proxy is told with what it is to allow', async () => {
    const proxy = await startConnectProxy({})
    useProxy(proxy.url)
    expect(await post('https://name.invalid/')).toStrictEqual({
      kind: 'no-way',
      detail: `the proxy ${proxy.url} does not let the connection through (502)`,
      remedy: 'Have it allow name.invalid:443, or try another network.',
    })
  })

  test('at whose address nobody is, the proxy is told as that', async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    useProxy(address)
    expect(await post('https://name.invalid/')).toStrictEqual({
      kind: 'no-way',
      detail: expect.stringMatching(new RegExp(`^the proxy ${address} gives no connection \\(.*ECONNREFUSED`)),
      remedy: 'Check it, and https_proxy that names it.',
    })
  })

  test('that never answers, it is waited for no more when all is given up', async () => {
    const silent = await startTunnelServer(() => undefined)
    useProxy(`http://${silent.address}`)
    const ending = new AbortController()
    const hello = silent.nextHello()
    const reply = post('https://name.invalid/', ending.signal)
    await hello
    ending.abort()
    expect(await reply).toMatchObject({ kind: 'no-way' })
  })
})
