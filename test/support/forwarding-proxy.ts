import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

/** A reverse proxy at a public address, as Cloudflare or nginx is one; it ends with the test. */
export interface ForwardingProxy {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** Method and path of every request that came to the public address. */
  readonly asked: readonly string[]
  /** Where requests go from now on. Until the first time they wait. */
  forwardTo(url: string): void
  /** Answers in the place of what is behind; null: forwards again. */
  answerInstead(answer: ((response: ServerResponse) => void) | null): void
  /** Nobody listens at the address any more. */
  close(): Promise<void>
  /** Listens again at the same address. */
  reopen(): Promise<void>
}

export const startForwardingProxy = async (): Promise<ForwardingProxy> => {
  const asked: string[] = []
  const target = Promise.withResolvers<undefined>()
  let behind = ''
  let instead: ((response: ServerResponse) => void) | null = null

  const forward = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    await target.promise
    const outgoing = ask(`${behind}${incoming.url ?? ''}`, {
      method: incoming.method,
      headers: { ...incoming.headers, 'x-forwarded-for': '203.0.113.7' },
    })
    outgoing.on('error', () => {
      response.writeHead(502).end()
    })
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(outgoing)
  }

  let port = 0
  const listen = async (): Promise<Server> => {
    const server = createServer((incoming, response) => {
      asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`)
      if (instead === null) {
        void forward(incoming, response)
        return
      }
      incoming.resume()
      instead(response)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no address')
    ;({ port } = address)
    return server
  }
  let server = await listen()
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  onTestFinished(close)

  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    forwardTo: (url) => {
      behind = url
      target.resolve(undefined)
    },
    answerInstead: (answer) => {
      instead = answer
    },
    close,
    reopen: async () => {
      server = await listen()
    },
  }
}
