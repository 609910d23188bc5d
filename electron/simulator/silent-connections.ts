import type { FastifyInstance, FastifyReply, FastifyRequest } from '../engine/foundation/http-server.ts'
import { type ApiAnswer, contentTypeOf } from './api-answers.ts'

/**
 * Connections that get no answer, or no whole one; they stay open until their clients or `end` close them.
 * Those that have not asked for anything are cut by `end` too: a client that gives an answer up may open its next
 * connection in advance, and a closing server waits for the first request of each as long as for a slow one.
 */
export interface SilentConnections {
  /** Sends nothing. */
  keep(reply: FastifyReply): void
  /** Sends the headers of the whole answer and half of its body. */
  keepWithHalf(reply: FastifyReply, answer: ApiAnswer): void
  /** Cuts them all, and each that comes later at once; to be called before the server is closed. */
  end(): void
}

export const createSilentConnections = (server: FastifyInstance): SilentConnections => {
  const kept = new Set<FastifyReply['raw']>()
  const unused = new Set<FastifyRequest['raw']['socket']>()
  let isEnded = false

  server.server.on('connection', (socket) => {
    if (isEnded) {
      socket.destroy()
      return
    }
    unused.add(socket)
    socket.once('close', () => {
      unused.delete(socket)
    })
  })
  server.server.on('request', ({ socket }) => {
    unused.delete(socket)
  })

  const keep = (reply: FastifyReply): 'kept' | 'gone' => {
    reply.hijack()
    if (isEnded) reply.raw.destroy()
    if (reply.raw.destroyed) return 'gone'
    kept.add(reply.raw)
    reply.raw.once('close', () => {
      kept.delete(reply.raw)
    })
    return 'kept'
  }

  return {
    keep: (reply) => {
      keep(reply)
    },
    keepWithHalf: (reply, answer) => {
      if (keep(reply) === 'gone') return
      const bytes = Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
      reply.raw.writeHead(answer.status, {
        'content-type': contentTypeOf(answer),
        ...answer.headers,
        'content-length': bytes.length,
      })
      reply.raw.write(bytes.subarray(0, bytes.length >>> 1))
    },
    end: () => {
      isEnded = true
      for (const connection of [...kept, ...unused]) connection.destroy()
    },
  }
}
