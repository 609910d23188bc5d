import type { webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const DAY_MS = 24 * 60 * 60 * 1_000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

const pemOfKey = async (key: webcrypto.CryptoKey): Promise<string> => {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', key))
  return `-----BEGIN PRIVATE KEY-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
}

/** PEM texts. */
export interface ServerCertificate {
  /** Who trusts it trusts this server, and nothing else that ever was: its key is forgotten. */
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** What a server may be called by whom it shows its certificate. */
export interface ServerNames {
  readonly addresses: readonly string[]
  readonly hosts: readonly string[]
}

/**
 * A certificate for a server of these names, for a day on either side of `now` (ms since 1970), and the
 * authority that signed it: two, because that of an authority is not accepted as a server's.
 */
export const makeServerCertificate = async (names: ServerNames, now: number): Promise<ServerCertificate> => {
  const [authorityKeys, serverKeys] = await Promise.all([newKeys(), newKeys()])
  const valid = {
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + DAY_MS),
    signingAlgorithm: ALGORITHM,
  }
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...valid,
    name: 'CN=Blackcore Sync on this computer',
    keys: authorityKeys,
    // All of them have one name: the key tells one from another (RFC 5280, 4.2.1).
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const alternatives = [
    ...names.addresses.map((value) => ({ type: 'ip' as const, value })),
    ...names.hosts.map((value) => ({ type: 'dns' as const, value })),
  ]
  const certificate = await X509CertificateGenerator.create({
    ...valid,
    subject: 'CN=A server on this computer',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new SubjectAlternativeNameExtension(alternatives),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  return {
    authority: `${authority.toString('pem')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
    key: await pemOfKey(serverKeys.privateKey),
  }
}
