import { createCipheriv, randomBytes, scryptSync } from 'node:crypto'
import type { Sealed } from '../../electron/engine/settings/secret-cipher.ts'

const COST = { N: 1_024, r: 8, p: 1 }

/** As `seal` makes it, at a cost that a test can pay often. */
export const sealCheaply = (plain: string, passphrase: string): Sealed => {
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, COST), nonce)
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  const [salted, once, tag, text] = [salt, nonce, cipher.getAuthTag(), data].map((bytes) => bytes.toString('base64'))
  return {
    cipher: 'aes-256-gcm',
    kdf: { name: 'scrypt', ...COST, salt: salted! },
    nonce: once!,
    tag: tag!,
    data: text!,
  }
}
