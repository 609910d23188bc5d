import Fastify from 'fastify'

/** What the intake is held against: Fastify with one route that parses its JSON body and answers. */
const server = Fastify({ logger: false })
server.post('/webhooks/notion', () => ({ status: 'queued' }))
await server.listen({ host: '127.0.0.1', port: 0 })
const address = server.server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
process.stdout.write(`ready ${JSON.stringify({ webhook: `http://127.0.0.1:${port}/webhooks/notion` })}\n`)
