import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/** The prefix is lower case only, the digits are not: as the SDK's verifyWebhookSignature has it. */
const SIGNATURE = /^sha256=([0-9a-fA-F]{64})$/

/** More than the secrets (two, while one replaces the other) and the tokens that came while pairing was open. */
const MOST_KEYS = 64

/** Kept, because making one takes as long as a signature. */
const keys = new Map<string, KeyObject>()

const keyOf = (secret: string): KeyObject => {
  const known = keys.get(secret)
  if (known !== undefined) return known
  if (keys.size >= MOST_KEYS) keys.clear()
  const key = createSecretKey(secret, 'utf8')
  keys.set(secret, key)
  return key
}

/** Whether a header has the form of Notion's signature, whoever made it. */
export const isSignature = (header: string): boolean => SIGNATURE.test(header)

/**
 * Whether `header` (X-Notion-Signature) is the HMAC-SHA256 of the raw body under the secret: the whole token text,
 * `secret_` included (Notion's webhook reference). Compared in constant time; never throws.
 */
export const isSignedWith = (body: Uint8Array, header: string, secret: string): boolean => {
  const given = SIGNATURE.exec(header)?.[1]
  // Under an empty secret anybody can sign.
  if (given === undefined || secret === '') return false
  return timingSafeEqual(createHmac('sha256', keyOf(secret)).update(body).digest(), Buffer.from(given, 'hex'))
}
