/** muxado, version 2: one connection that carries many streams (github.com/ngrok/ngrok-rust, muxado/SPEC.md). */
export const FRAME = { reset: 0, data: 1, window: 2, goAway: 3 } as const

export interface Frame {
  readonly type: number
  readonly streamId: number
  readonly opens: boolean
  readonly ends: boolean
  readonly body: Buffer
}

const HEADER_BYTES = 8
const FIN = 1
const SYN = 2

/** Length (24 bits), type (4), flags (4), stream (32). */
export const encodedFrame = (frame: Pick<Frame, 'type' | 'streamId'> & Partial<Frame>): Buffer => {
  const { type, streamId, opens = false, ends = false, body = Buffer.alloc(0) } = frame
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUIntBE(body.length, 0, 3)
  header.writeUInt8((type << 4) | (opens ? SYN : 0) | (ends ? FIN : 0), 3)
  header.writeUInt32BE(streamId, 4)
  return Buffer.concat([header, body])
}

/** Takes bytes as they come, and gives the frames that are whole. */
export const createFrameReader = (): ((chunk: Buffer) => readonly Frame[]) => {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const frames: Frame[] = []
    while (rest.length >= HEADER_BYTES) {
      const endsAt = HEADER_BYTES + rest.readUIntBE(0, 3)
      if (rest.length < endsAt) break
      const typeAndFlags = rest.readUInt8(3)
      frames.push({
        type: typeAndFlags >> 4,
        streamId: rest.readUInt32BE(4),
        opens: (typeAndFlags & SYN) !== 0,
        ends: (typeAndFlags & FIN) !== 0,
        body: rest.subarray(HEADER_BYTES, endsAt),
      })
      rest = rest.subarray(endsAt)
    }
    return frames
  }
}
