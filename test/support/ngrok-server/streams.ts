import { Duplex } from 'node:stream'
import { FRAME, type Frame, createFrameReader, encodedFrame } from './frames.ts'

/** What either side may send on a stream before the other has read it. */
const WINDOW_BYTES = 256 * 1024

interface Wire {
  send(frame: Parameters<typeof encodedFrame>[0]): void
}

/** One stream, as Node knows streams. Its reader gives the window back; its writer waits for it. */
class MuxadoStream extends Duplex {
  readonly streamId: number
  readonly #wire: Wire
  #isOpenAtPeer: boolean
  #window = WINDOW_BYTES
  #waiting: { readonly chunk: Buffer; readonly done: () => void } | null = null

  constructor(streamId: number, wire: Wire, isOpenAtPeer: boolean) {
    super()
    this.streamId = streamId
    this.#wire = wire
    this.#isOpenAtPeer = isOpenAtPeer
  }

  receive(frame: Frame): void {
    if (frame.type === FRAME.reset) {
      this.destroy()
      return
    }
    if (frame.type === FRAME.window) {
      this.#window += frame.body.readUInt32BE(0)
      const waiting = this.#waiting
      this.#waiting = null
      if (waiting !== null) this.#send(waiting.chunk, waiting.done)
      return
    }
    if (frame.body.length > 0) {
      this.push(frame.body)
      const increment = Buffer.alloc(4)
      increment.writeUInt32BE(frame.body.length)
      this.#wire.send({ type: FRAME.window, streamId: this.streamId, body: increment })
    }
    if (frame.ends) this.push(null)
  }

  #send(chunk: Buffer, done: () => void): void {
    const body = chunk.subarray(0, this.#window)
    if (body.length > 0) {
      this.#window -= body.length
      this.#wire.send({ type: FRAME.data, streamId: this.streamId, opens: !this.#isOpenAtPeer, body })
      this.#isOpenAtPeer = true
    }
    if (body.length === chunk.length) done()
    else this.#waiting = { chunk: chunk.subarray(body.length), done }
  }

  override _read(): void {
    // What comes is pushed as it comes: a test's requests fit into memory.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(chunk, done)
  }

  override _final(done: () => void): void {
    this.#wire.send({ type: FRAME.data, streamId: this.streamId, ends: true })
    done()
  }
}

export interface Streams {
  /** A stream that the server begins. */
  open(): Duplex
}

/** The streams of one connection; what the agent begins is given to `onStream`. The agent's have odd numbers. */
export const createStreams = (connection: Duplex, onStream: (stream: Duplex) => void): Streams => {
  const streams = new Map<number, MuxadoStream>()
  const framesOf = createFrameReader()
  const wire: Wire = {
    send: (frame) => {
      if (connection.writable) connection.write(encodedFrame(frame))
    },
  }
  let nextId = 2

  const add = (streamId: number, isOpenAtPeer: boolean): MuxadoStream => {
    const stream = new MuxadoStream(streamId, wire, isOpenAtPeer)
    streams.set(streamId, stream)
    stream.on('close', () => streams.delete(streamId))
    stream.on('error', () => undefined)
    return stream
  }

  const take = (frame: Frame): void => {
    if (frame.type === FRAME.goAway) {
      connection.end()
      return
    }
    let stream = streams.get(frame.streamId)
    if (stream === undefined && frame.opens) {
      stream = add(frame.streamId, true)
      onStream(stream)
    }
    stream?.receive(frame)
  }

  connection.on('data', (chunk: Buffer) => {
    for (const frame of framesOf(chunk)) take(frame)
  })
  connection.on('close', () => {
    for (const stream of streams.values()) stream.destroy()
  })

  return {
    open: () => {
      const stream = add(nextId, false)
      nextId += 2
      return stream
    },
  }
}
