import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectThroughProxy } from '../../../electron/engine/foundation/proxy-connection.ts'
import { answering, freePort, startAnsweringServer } from '../../support/answering-server.ts'
import { portOf, startConnectProxy } from '../../support/connect-proxy.ts'

const startProxyThat = async (answer: (client: Socket) => void): Promise<URL> => {
  const server = createServer((client) => {
    client.on('error', () => undefined)
    client.once('data', () => {
      answer(client)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  return new URL(`http://127.0.0.1:${address === null || typeof address === 'string' ? 0 : address.port}`)
}

test('a connection leads to the host, which the proxy is asked for by name', async () => {
  const host = await startAnsweringServer(answering(200, { from: 'the host' }))
  const proxy = await startConnectProxy({ 'host.invalid:80': portOf(host.url) })
  const connecting = await connectThroughProxy(new URL(proxy.url), 'host.invalid:80')
  if (!connecting.ok) throw new Error(`${connecting.status}`)
  connecting.connection.write('GET / HTTP/1.1\r\nHost: host.invalid\r\nConnection: close\r\n\r\n')
  const chunks = await connecting.connection.toArray()
  expect(Buffer.concat(chunks as Buffer[]).toString()).toContain('the host')
  expect([proxy.asked, proxy.credentials]).toEqual([['host.invalid:80'], [undefined]])
})

test('what the host says in one breath with the proxy’s answer is not lost', async () => {
  const proxy = await startProxyThat((client) => client.end('HTTP/1.1 200 Connected\r\n\r\nearly words'))
  const connecting = await connectThroughProxy(proxy, 'host.invalid:80')
  if (!connecting.ok) throw new Error(`${connecting.status}`)
  expect(Buffer.concat((await connecting.connection.toArray()) as Buffer[]).toString()).toBe('early words')
})

test.each([
  ['me:a%20word%C3%9F', 'me:a wordß'],
  ['a-token', 'a-token:'],
])('the user name and the password of %s are given as they are meant', async (written, meant) => {
  const proxy = await startConnectProxy({})
  const url = new URL(proxy.url.replace('//', `//${written}@`))
  expect(await connectThroughProxy(url, 'host.invalid:80')).toEqual({ ok: false, status: 502 })
  expect(proxy.credentials).toEqual([`Basic ${Buffer.from(meant).toString('base64')}`])
})

test('a proxy that is not there, that hangs up, or that speaks something else, rejects', async () => {
  const nobody = new URL(`http://127.0.0.1:${await freePort()}`)
  await expect(connectThroughProxy(nobody, 'host.invalid:80')).rejects.toThrow('ECONNREFUSED')
  const silent = await startProxyThat((client) => client.destroy())
  await expect(connectThroughProxy(silent, 'host.invalid:80')).rejects.toThrow()
  const other = await startProxyThat((client) => client.end('SSH-2.0-OpenSSH_9.9\r\n'))
  await expect(connectThroughProxy(other, 'host.invalid:80')).rejects.toThrow()
})
