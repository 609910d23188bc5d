import { createHmac } from 'node:crypto'
import { signWebhookPayload, verifyWebhookSignature } from '@notionhq/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { isSignedWith } from '../../../electron/engine/intake/signature.ts'
import { describeRecordings, recordings } from '../../support/recordings.ts'

const hmac = (body: Uint8Array | string, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('hex')

/** Takes the right 64 digits; gives a header that is right, nearly right, or nothing of the kind. */
const disguises: readonly ((hex: string) => string)[] = [
  (hex) => `sha256=${hex}`,
  (hex) => `sha256=${hex.toUpperCase()}`,
  (hex) => `sha256=${hex.slice(0, 40)}${hex.slice(40).toUpperCase()}`,
  (hex) => `SHA256=${hex}`,
  (hex) => `Sha256=${hex}`,
  (hex) => hex,
  (hex) => `sha1=${hex}`,
  (hex) => `sha256=${hex} `,
  (hex) => ` sha256=${hex}`,
  (hex) => `sha256= ${hex}`,
  (hex) => `sha256=${hex}\n`,
  (hex) => `sha256=${hex.slice(1)}`,
  (hex) => `sha256=${hex}0`,
  (hex) => `sha256=${hex.slice(0, 62)}`,
  (hex) => `sha256=${hex}, sha256=${hex}`,
  (hex) => `sha256=sha256=${hex}`,
  (hex) => `sha256=${hex.slice(0, -1)}g`,
  (hex) => `sha256=${hex.slice(0, -1)}é`,
  (hex) => `sha256=${hex.slice(0, -1)}ｆ`,
  (hex) => `sha256=${Buffer.from(hex, 'hex').reverse().toString('hex')}`,
  (hex) => `sha256=${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}`,
  () => 'sha256=',
  () => '',
]

const anyText = fc.string({ unit: 'binary' })
const anySecret = fc.oneof(anyText, fc.string({ unit: 'grapheme' })).filter((secret) => secret !== '')
const anyBody = fc.oneof(fc.uint8Array({ maxLength: 200 }), anyText.map(Buffer.from))
const anyHex = fc.stringMatching(/^[0-9a-fA-F]{62,66}$/)

describe("the SDK's verifyWebhookSignature", () => {
  test('answers the same for headers that are right or nearly right, whatever the body and the secret', async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, anySecret, fc.constantFrom(...disguises), async (body, secret, disguise) => {
        const signature = disguise(hmac(body, secret))
        const theirs = await verifyWebhookSignature({ body, signature, verificationToken: secret })
        expect(isSignedWith(body, signature, secret)).toBe(theirs)
      }),
      { numRuns: 500 },
    )
  })

  test('answers the same for any header at all', async () => {
    const anyHeader = fc.oneof(
      anyText,
      anyHex,
      anyHex.map((hex) => `sha256=${hex}`),
      anyText.map((text) => `sha256=${text}`),
    )
    await fc.assert(
      fc.asyncProperty(anyBody, anySecret, anyHeader, async (body, secret, signature) => {
        const theirs = await verifyWebhookSignature({ body, signature, verificationToken: secret })
        expect(isSignedWith(body, signature, secret)).toBe(theirs)
      }),
      { numRuns: 300 },
    )
  })

  test('signs what ours accepts, and what ours refuses for every other secret and body', async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, anySecret, anySecret, async (body, secret, other) => {
        const signature = await signWebhookPayload({ body, verificationToken: secret })
        expect(isSignedWith(body, signature, secret)).toBe(true)
        const isOther = !Buffer.from(other).equals(Buffer.from(secret))
        // HMAC fills a short key up with zero bytes: keys that differ by those alone are the same key.
        const isSameKey = hmac('probe', other) === hmac('probe', secret)
        if (isOther && !isSameKey) expect(isSignedWith(body, signature, other)).toBe(false)
        expect(isSignedWith(Buffer.concat([body, Buffer.from([0])]), signature, secret)).toBe(false)
      }),
    )
  })
})

describe('what each disguise comes to', () => {
  const body = Buffer.from('{"id":"e1"}')
  const hex = hmac(body, 'secret_a')

  test('upper-case digits are accepted, an upper-case prefix is not', () => {
    expect(isSignedWith(body, `sha256=${hex.toUpperCase()}`, 'secret_a')).toBe(true)
    expect(isSignedWith(body, `SHA256=${hex}`, 'secret_a')).toBe(false)
  })

  test('only the first three of them are a signature', () => {
    const accepted = disguises.filter((disguise) => isSignedWith(body, disguise(hex), 'secret_a'))
    expect(accepted).toStrictEqual(disguises.slice(0, 3))
  })

  test('an empty secret authenticates nobody, for anybody could sign with it', () => {
    expect(isSignedWith(body, `sha256=${hmac(body, '')}`, '')).toBe(false)
  })
})

describeRecordings("Notion's known-good signature", () => {
  const recordedSchema = z.object({
    headers: z.object({ 'X-Notion-Signature': z.string() }),
    raw_body: z.string(),
    verification_token: z.string(),
  })

  test('is accepted, and not for another body or another part of the token', () => {
    const [recorded] = recordings('webhooks', /^verification_token.signature/)
    const { headers, raw_body: body, verification_token: secret } = recordedSchema.parse(recorded?.body)
    const signature = headers['X-Notion-Signature']
    expect(isSignedWith(Buffer.from(body), signature, secret)).toBe(true)
    expect(isSignedWith(Buffer.from(`${body} `), signature, secret)).toBe(false)
    expect(isSignedWith(Buffer.from(body), signature, secret.slice('secret_'.length))).toBe(false)
  })
})
