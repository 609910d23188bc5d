import { createHmac, timingSafeEqual } from 'node:crypto'
import { Queue } from 'bullmq'
import Fastify from 'fastify'
import { SECRET } from './bench-folder.ts'

/**
 * What durable accepts are held against besides: the usual way, Fastify with the same signature check that adds each
 * event to a BullMQ queue. Argument: the port of a Redis.
 */
const queue = new Queue('events', { connection: { host: '127.0.0.1', port: Number(process.argv[2]) } })
const server = Fastify({ logger: false })
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
  done(null, body)
})
server.post('/webhooks/notion', async (request, reply) => {
  const body = request.body as Buffer
  const expected = Buffer.from(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`)
  const given = Buffer.from(String(request.headers['x-notion-signature']))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return reply.code(401).send({})
  const event = JSON.parse(body.toString()) as { readonly id: string }
  await queue.add('event', event, { jobId: event.id })
  return { status: 'queued', event_id: event.id }
})
await queue.waitUntilReady()
await server.listen({ host: '127.0.0.1', port: 0 })
const address = server.server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
process.stdout.write(`ready ${JSON.stringify({ webhook: `http://127.0.0.1:${port}/webhooks/notion` })}\n`)
process.on('SIGTERM', () => process.exit(0))
