import { createHmac, timingSafeEqual } from 'node:crypto'

/** The prefix is lower case only, the digits are not: as the SDK's verifyWebhookSignature has it. */
const SIGNATURE = /^sha256=([0-9a-fA-F]{64})$/

/**
 * Whether `header` (X-Notion-Signature) is the HMAC-SHA256 of the raw body under the secret: the whole token text,
 * `secret_` included (Notion's webhook reference). Compared in constant time; never throws.
 */
export const isSignedWith = (body: Uint8Array, header: string, secret: string): boolean => {
  const given = SIGNATURE.exec(header)?.[1]
  // Under an empty secret anybody can sign.
  if (given === undefined || secret === '') return false
  return timingSafeEqual(createHmac('sha256', secret).update(body).digest(), Buffer.from(given, 'hex'))
}
