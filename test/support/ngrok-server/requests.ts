import type { Duplex } from 'node:stream'
import { z } from 'zod'
import { parsedJson } from '../../../shared/json.ts'

/** The first four bytes of a stream say what it is for. */
export const REQUEST = { auth: 0, bind: 1, unbind: 2, proxy: 3, heartbeat: 0xff_ff_ff_ff } as const

export const authSchema = z.object({
  /** Empty: a new session; otherwise one that comes back. */
  ClientId: z.string(),
  Extra: z.object({ AuthToken: z.string(), Cookie: z.string(), HeartbeatInterval: z.number() }),
})

export const bindSchema = z.object({
  /** Empty: a new endpoint; otherwise one of a session that came back. */
  Id: z.string(),
  Proto: z.string(),
  ForwardsTo: z.string(),
  Opts: z.looseObject({ Domain: z.string(), TrafficPolicy: z.string().nullable() }),
  Extra: z.object({ PoolingEnabled: z.boolean() }),
})

export const unbindSchema = z.object({ Id: z.string() })

/** Gives the type of a stream that the agent began, and the bytes after it as they come. */
export const onTyped = (stream: Duplex, onType: (type: number) => (bytes: Buffer) => void): void => {
  let take: ((bytes: Buffer) => void) | null = null
  let first = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    if (take !== null) {
      take(chunk)
      return
    }
    first = Buffer.concat([first, chunk])
    if (first.length < 4) return
    take = onType(first.readUInt32BE(0))
    if (first.length > 4) take(first.subarray(4))
  })
}

/** A request is JSON whose end nothing but the JSON itself tells. */
export const onWholeJson = (onJson: (value: unknown) => void): ((bytes: Buffer) => void) => {
  let text = Buffer.alloc(0)
  return (bytes) => {
    text = Buffer.concat([text, bytes])
    const value = parsedJson(text.toString('utf8'))
    if (value !== undefined) onJson(value)
  }
}

/** What goes ahead of the bytes of a visitor: the length (64 bits, the lowest byte first) and JSON. */
export const proxyHeader = (endpointId: string): Buffer => {
  const type = Buffer.alloc(4)
  type.writeUInt32BE(REQUEST.proxy)
  const json = Buffer.from(
    JSON.stringify({
      Id: endpointId,
      ClientAddr: '203.0.113.7:40000',
      Proto: 'https',
      EdgeType: '0',
      PassthroughTLS: false,
    }),
  )
  const length = Buffer.alloc(8)
  length.writeBigInt64LE(BigInt(json.length))
  return Buffer.concat([type, length, json])
}
