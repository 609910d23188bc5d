import { onTestFinished, expect, test } from 'vitest'
import { createHttpServer } from '../../../electron/engine/foundation/http-server.ts'
import { listenAt } from '../../../electron/engine/foundation/listening.ts'

const server = () => {
  const made = createHttpServer({ bodyLimitBytes: 100, requestTimeoutMs: 5_000 })
  onTestFinished(() => made.close())
  return made
}

test('a server listens at the address that it is said to have', async () => {
  const echo = server()
  echo.post('/', (request) => ({ isBuffer: Buffer.isBuffer(request.body), text: String(request.body) }))
  const address = await listenAt(echo, '127.0.0.1', 0, 'port')
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  for (const type of ['application/json', 'text/plain', 'application/x-unknown']) {
    const answer = await fetch(address, { method: 'POST', body: '{"a":1}', headers: { 'content-type': type } })
    expect(await answer.json()).toEqual({ isBuffer: true, text: '{"a":1}' })
  }
})

test('a body above the limit is not taken', async () => {
  const echo = server()
  echo.post('/', () => 'taken')
  const address = await listenAt(echo, '127.0.0.1', 0, 'port')
  const answer = await fetch(address, {
    method: 'POST',
    body: 'x'.repeat(101),
    headers: { 'content-type': 'text/plain' },
  })
  expect(answer.status).toBe(413)
})

test('a port that is taken is told in one sentence with its setting', async () => {
  const address = await listenAt(server(), '127.0.0.1', 0, 'port')
  const port = Number(new URL(address).port)
  await expect(listenAt(server(), '127.0.0.1', port, 'settings.yaml:4 webhook.listen.port')).rejects.toMatchObject({
    code: 'address-taken',
    exitCode: 2,
    message: `settings.yaml:4 webhook.listen.port: 127.0.0.1:${port} is in use by another program. Stop that one, or choose another port.`,
  })
})

test('an address that is not of this machine is told', async () => {
  await expect(listenAt(server(), '192.0.2.1', 0, 'host')).rejects.toThrow('host: 192.0.2.1:0 is no address of this')
})
