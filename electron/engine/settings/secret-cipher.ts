import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

/** scrypt's cost as OWASP's password storage sheet has it: 128 MiB and about a third of a second. */
const COST = { N: 131_072, r: 8, p: 1 }
const KEY_BYTES = 32
const SALT_BYTES = 16
const NONCE_BYTES = 12

const bytes = z.base64()

/** Text under AES-256-GCM, with all that its passphrase needs to open it; every field in base64. */
export const sealedSchema = z.strictObject({
  cipher: z.literal('aes-256-gcm'),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z.int().min(2).max(1_048_576),
    r: z.int().min(1).max(8),
    p: z.int().min(1).max(16),
    salt: bytes,
  }),
  nonce: bytes,
  tag: bytes,
  data: bytes,
})

export type Sealed = z.infer<typeof sealedSchema>

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)

const keyOf = (passphrase: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> =>
  derive(passphrase.normalize('NFC'), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r })

const text = (buffer: Buffer): string => buffer.toString('base64')

export const seal = async (plain: string, passphrase: string): Promise<Sealed> => {
  const salt = randomBytes(SALT_BYTES)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt, COST), nonce)
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return {
    cipher: 'aes-256-gcm',
    kdf: { name: 'scrypt', ...COST, salt: text(salt) },
    nonce: text(nonce),
    tag: text(cipher.getAuthTag()),
    data: text(data),
  }
}

/** Null where the passphrase is another one, or the text was changed: the two cannot be told apart. */
export const unseal = async ({ kdf, nonce, tag, data }: Sealed, passphrase: string): Promise<string | null> => {
  const key = await keyOf(passphrase, Buffer.from(kdf.salt, 'base64'), kdf)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: 16 })
    decipher.setAuthTag(Buffer.from(tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
