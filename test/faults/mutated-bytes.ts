import fc from 'fast-check'
import { signBody } from '../../electron/simulator/deliveries.ts'
import { buildEvent } from '../../electron/simulator/events.ts'

/** A request that was in order and signed before any of its bytes were changed. */
export interface MutatedRequest {
  /** The body that was signed. */
  readonly signed: Buffer
  readonly bytes: Buffer
  /** True where nothing was changed: such a request has to be taken. */
  readonly isWhole: boolean
}

/** Where in the request: a share of its head, or of the whole. */
interface Place {
  readonly isInHead: boolean
  readonly share: number
}

type Mutation = (bytes: Buffer, headBytes: number) => Buffer

const LINES = [
  '\r\n',
  '\r\n\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: -1\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'X-Notion-Signature: sha256=00\r\n',
  'Expect: 100-continue\r\n',
  'Connection: upgrade\r\nUpgrade: websocket\r\n',
  'Content-Encoding: gzip\r\n',
  'ffffffffffffffff\r\n',
  '0\r\n\r\n',
  'POST /webhooks/notion HTTP/1.1\r\n',
  `X-Long: ${'a'.repeat(20_000)}\r\n`,
]

/** Without bias: the first and the last bytes are not the only ones worth changing. */
const placeArbitrary: fc.Arbitrary<Place> = fc.noBias(
  fc.record({ isInHead: fc.boolean(), share: fc.nat(9_999).map((parts) => parts / 10_000) }),
)

const at = ({ isInHead, share }: Place, bytes: Buffer, headBytes: number): number =>
  Math.floor(share * (isInHead ? Math.min(headBytes, bytes.length) : bytes.length))

const spliced = (bytes: Buffer, from: number, to: number, inserted: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(to)])

const insertedArbitrary: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(...LINES).map((line) => Buffer.from(line)),
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
)

const mutationArbitrary: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(placeArbitrary, fc.nat(255)).map(
    ([place, byte]): Mutation =>
      (bytes, headBytes) => {
        const from = at(place, bytes, headBytes)
        return spliced(bytes, from, from + 1, Buffer.from([byte]))
      },
  ),
  fc.tuple(placeArbitrary, insertedArbitrary).map(
    ([place, inserted]): Mutation =>
      (bytes, headBytes) => {
        const from = at(place, bytes, headBytes)
        return spliced(bytes, from, from, inserted)
      },
  ),
  fc.tuple(placeArbitrary, fc.integer({ min: 1, max: 60 })).map(
    ([place, length]): Mutation =>
      (bytes, headBytes) => {
        const from = at(place, bytes, headBytes)
        return spliced(bytes, from, from + length, Buffer.alloc(0))
      },
  ),
  fc.tuple(placeArbitrary, fc.integer({ min: 1, max: 60 })).map(
    ([place, length]): Mutation =>
      (bytes, headBytes) => {
        const from = at(place, bytes, headBytes)
        return spliced(bytes, from, from, bytes.subarray(from, from + length))
      },
  ),
  placeArbitrary.map(
    (place): Mutation =>
      (bytes, headBytes) =>
        bytes.subarray(0, at(place, bytes, headBytes)),
  ),
  fc.constant<Mutation>((bytes) => Buffer.concat([bytes, bytes])),
)

const eventArbitrary = fc
  .record({
    type: fc.constantFrom('page.created', 'page.properties_updated', 'page.deleted', 'comment.created'),
    entityId: fc.uuid(),
    eventId: fc.uuid(),
  } as const)
  .map((input) => buildEvent({ ...input, timestamp: '2026-11-24T12:00:00.000Z' }))

/** Events, events with values that no event has, and bodies of every other kind. */
const bodyArbitrary: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: eventArbitrary.map((event) => Buffer.from(JSON.stringify(event))) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(eventArbitrary, fc.constantFrom('id', 'type', 'entity', 'data', 'authors', 'workspace_id'), fc.jsonValue())
      .map(([event, key, value]) => Buffer.from(JSON.stringify({ ...event, [key]: value }))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
)

const chunkedBody = (body: Buffer, chunkBytes: number): Buffer => {
  const parts: Buffer[] = []
  for (let from = 0; from < body.length; from += chunkBytes) {
    const chunk = body.subarray(from, from + chunkBytes)
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

const requestOf = (secret: string, mutations: fc.Arbitrary<readonly Mutation[]>): fc.Arbitrary<MutatedRequest> =>
  fc
    .tuple(bodyArbitrary, fc.option(fc.integer({ min: 1, max: 200 })), mutations)
    .map(([signed, chunkBytes, mutate]) => {
      const framing = chunkBytes === null ? `Content-Length: ${signed.length}` : 'Transfer-Encoding: chunked'
      const head = Buffer.from(
        `POST /webhooks/notion HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${framing}\r\n` +
          `X-Notion-Signature: ${signBody(signed, secret)}\r\n\r\n`,
      )
      const whole = Buffer.concat([head, chunkBytes === null ? signed : chunkedBody(signed, chunkBytes)])
      const bytes = mutate.reduce<Buffer>((before, change) => change(before, head.length), whole)
      return { signed, bytes, isWhole: bytes.equals(whole) }
    })

/** So many requests that were changed in up to three places after they were signed, and some that were not. */
export const requestsArbitrary = (secret: string, mutated: number, whole: number): fc.Arbitrary<MutatedRequest[]> =>
  fc
    .tuple(
      fc.array(requestOf(secret, fc.array(mutationArbitrary, { minLength: 1, maxLength: 3 })), {
        minLength: mutated,
        maxLength: mutated,
      }),
      fc.array(requestOf(secret, fc.constant([])), { minLength: whole, maxLength: whole }),
    )
    .map(([changed, unchanged]) => [...changed, ...unchanged])
