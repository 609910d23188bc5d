/** What of DER (ITU-T X.690) a certificate is made of. */
const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x18, sequence: 0x30, set: 0x31 }

const BASE_128 = 128

const lengthOf = (size: number): Buffer => {
  if (size < BASE_128) return Buffer.from([size])
  const bytes = Buffer.from(size.toString(16).padStart(size > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([BASE_128 | bytes.length]), bytes])
}

const tagged = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(TAG.sequence, ...parts)

export const setOf = (...parts: readonly Uint8Array[]): Buffer => tagged(TAG.set, ...parts)

/** A number that is not negative, in as few bytes as it takes: its first bit stands for the sign. */
export const integer = (bytes: Uint8Array): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first === -1 ? Buffer.from([0]) : bytes.subarray(first)
  return tagged(TAG.integer, (digits[0] ?? 0) < BASE_128 ? digits : Buffer.concat([Buffer.from([0]), digits]))
}

export const boolean = (holds: boolean): Buffer => tagged(0x01, Buffer.from([holds ? 0xff : 0]))

export const octets = (content: Uint8Array): Buffer => tagged(TAG.octets, content)

/** Whole bytes, of which the last `unusedBits` count for nothing. */
export const bits = (content: Uint8Array, unusedBits = 0): Buffer =>
  tagged(TAG.bits, Buffer.from([unusedBits]), content)

export const text = (content: string): Buffer => tagged(TAG.text, Buffer.from(content))

export const time = (date: Date): Buffer =>
  tagged(TAG.time, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`))

/** Written with dots, as `2.5.29.17`. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % BASE_128]
    for (let left = Math.floor(arc / BASE_128); left > 0; left = Math.floor(left / BASE_128)) {
      digits.unshift(BASE_128 | (left % BASE_128))
    }
    return digits
  })
  return tagged(TAG.oid, Buffer.from(bytes))
}

/** `[number]`: around a whole value, or in place of a value's own tag. */
export const explicit = (number: number, content: Uint8Array): Buffer => tagged(0xa0 | number, content)
export const implicit = (number: number, content: Uint8Array): Buffer => tagged(0x80 | number, content)
