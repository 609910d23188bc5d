import { scryptSync, webcrypto } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { seal, type Sealed, sealedSchema, unseal } from '../../../electron/engine/settings/secret-cipher.ts'
import { sealCheaply } from '../../support/cheap-seal.ts'

const PLAIN = '{"webhook":"secret_ÄÖ\u{1F511}"}'
const PASSPHRASE = 'correct horse, Caf\u00e9'

const bytes = (text: string): Buffer => Buffer.from(text, 'base64')

const flipped = (text: string): string => {
  const changed = bytes(text)
  changed.writeUInt8(changed.readUInt8(0) ^ 1, 0)
  return changed.toString('base64')
}

describe('a sealed text', () => {
  test('is opened by its passphrase alone, however its accents are written', async () => {
    const sealed = await seal(PLAIN, PASSPHRASE)
    expect(await unseal(sealed, PASSPHRASE.normalize('NFD'))).toBe(PLAIN)
    for (const other of ['', PASSPHRASE.toUpperCase(), `${PASSPHRASE} `]) expect(await unseal(sealed, other)).toBeNull()
  })

  test('is AES-256-GCM under a key by scrypt: any other program opens it with what stands beside it', async () => {
    const { cipher, kdf, nonce, tag, data } = await seal(PLAIN, PASSPHRASE)
    expect({ cipher, kdf }).toEqual({
      cipher: 'aes-256-gcm',
      kdf: { name: 'scrypt', N: 131_072, r: 8, p: 1, salt: expect.any(String) },
    })
    expect([kdf.salt, nonce, tag].map((text) => bytes(text).length)).toEqual([16, 12, 16])
    const { N, r, p, salt } = kdf
    const raw = scryptSync(PASSPHRASE, bytes(salt), 32, { N, r, p, maxmem: 2 ** 28 })
    const key = await webcrypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt'])
    const opened = await webcrypto.subtle.decrypt(
      { name: 'AES-GCM', iv: bytes(nonce) },
      key,
      Buffer.concat([bytes(data), bytes(tag)]),
    )
    expect(Buffer.from(opened).toString('utf8')).toBe(PLAIN)
  })

  test('shows nothing of what it holds, and shares nothing with a second one of the same text', async () => {
    const [first, second] = await Promise.all([seal(PLAIN, PASSPHRASE), seal(PLAIN, PASSPHRASE)])
    const everything = Buffer.concat([first.data, first.nonce, first.tag, first.kdf.salt].map(bytes))
    expect(everything.includes('secret_')).toBe(false)
    expect(JSON.stringify(first)).not.toContain(PASSPHRASE)
    for (const field of ['data', 'nonce', 'tag'] as const) expect(second[field]).not.toBe(first[field])
    expect(second.kdf.salt).not.toBe(first.kdf.salt)
  })

  test('that was changed anywhere, or cut short, is not opened', async () => {
    const sealed = sealCheaply(PLAIN, PASSPHRASE)
    expect(await unseal(sealed, PASSPHRASE)).toBe(PLAIN)
    const changed: readonly Sealed[] = [
      { ...sealed, data: flipped(sealed.data) },
      { ...sealed, data: bytes(sealed.data).subarray(1).toString('base64') },
      { ...sealed, data: '' },
      { ...sealed, tag: flipped(sealed.tag) },
      // Four bytes of a tag are guessed in no time.
      { ...sealed, tag: bytes(sealed.tag).subarray(0, 4).toString('base64') },
      { ...sealed, nonce: flipped(sealed.nonce) },
      { ...sealed, nonce: '' },
      { ...sealed, kdf: { ...sealed.kdf, salt: flipped(sealed.kdf.salt) } },
      { ...sealed, kdf: { ...sealed.kdf, N: 2_048 } },
    ]
    for (const each of changed) {
      expect(sealedSchema.parse(each)).toEqual(each)
      expect(await unseal(each, PASSPHRASE)).toBeNull()
    }
  })

  test('that asks for more memory or time than this program ever takes is not believed', async () => {
    const sealed = sealCheaply(PLAIN, PASSPHRASE)
    for (const cost of [{ N: 2 ** 21 }, { r: 9 }, { p: 17 }, { N: 1 }, { r: 0 }, { p: 0 }, { N: 2.5 }]) {
      expect(sealedSchema.safeParse({ ...sealed, kdf: { ...sealed.kdf, ...cost } }).success).toBe(false)
    }
    expect(sealedSchema.safeParse({ ...sealed, cipher: 'aes-256-cbc' }).success).toBe(false)
    expect(sealedSchema.safeParse({ ...sealed, nonce: 'no base64!' }).success).toBe(false)
  })
})
