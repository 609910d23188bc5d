import { connect, type Socket } from 'node:net'
import { percentile } from './median.ts'

export interface LoadResult {
  readonly perSecond: number
  readonly answered: number
  readonly refused: number
  /** Time from sending a request to its whole answer. */
  readonly p50Ms: number
  readonly p99Ms: number
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** Where an answer ends in what has arrived; null while it is not whole. Only what Fastify sends has to be understood. */
const answerEnd = (arrived: Buffer): number | null => {
  const headEnd = arrived.indexOf(HEAD_END)
  if (headEnd < 0) return null
  const length = /content-length: (\d+)/i.exec(arrived.toString('latin1', 0, headEnd))?.[1]
  const end = headEnd + HEAD_END.length + Number(length ?? 0)
  return arrived.length >= end ? end : null
}

/**
 * Sends prepared requests over so many connections, one after the other on each, for `durationMs` or until none is
 * left. Written on bare sockets, because a client that costs as much as the server would measure itself.
 */
export const runLoad = async (
  url: URL,
  requests: readonly Buffer[],
  connections: number,
  durationMs: number,
): Promise<LoadResult> => {
  const times: number[] = []
  let next = 0
  let refused = 0
  const startedAt = performance.now()
  const endsAt = startedAt + durationMs

  const drive = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAt = 0
      let arrived: Buffer = Buffer.alloc(0)
      const send = (): void => {
        const request = requests[next]
        if (request === undefined || performance.now() >= endsAt) {
          socket.end()
          resolve()
          return
        }
        next += 1
        sentAt = performance.now()
        socket.write(request)
      }
      socket.setNoDelay(true)
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('data', (chunk: Buffer) => {
        arrived = arrived.length === 0 ? chunk : Buffer.concat([arrived, chunk])
        const end = answerEnd(arrived)
        if (end === null) return
        times.push(performance.now() - sentAt)
        if (!arrived.toString('latin1', 0, 12).endsWith(' 200')) refused += 1
        arrived = arrived.subarray(end)
        send()
      })
    })

  await Promise.all(Array.from({ length: connections }, () => drive(connect(Number(url.port), url.hostname))))
  const tookMs = performance.now() - startedAt
  return {
    perSecond: (times.length / tookMs) * 1000,
    answered: times.length,
    refused,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
  }
}
