import { createHmac, timingSafeEqual } from 'node:crypto'

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i

/**
 * Whether `header` (X-Notion-Signature) is the HMAC-SHA256 of the raw body under the secret: the whole token text,
 * `secret_` included (Notion's webhook reference). Compared in constant time; never throws.
 */
export const isSignedWith = (body: Uint8Array, header: string, secret: string): boolean => {
  const given = SIGNATURE.exec(header)?.[1]
  if (given === undefined) return false
  return timingSafeEqual(createHmac('sha256', secret).update(body).digest(), Buffer.from(given, 'hex'))
}
