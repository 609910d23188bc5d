import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createProbeRequests } from '../../../electron/engine/tunnel/probe-requests.ts'
import { answering, freePort, startAnsweringServer } from '../../support/answering-server.ts'
import { startProbedServer } from '../../support/probed-listener.ts'
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

  test('is read so far only when it is small on the way and large unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, 'x'))
    const { url } = await startAnsweringServer((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    })
    const before = process.memoryUsage.rss()
    expect(await post(url)).toMatchObject({ body: 'x'.repeat(1_000) })
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
