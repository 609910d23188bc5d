import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { bits, boolean, explicit, implicit, integer, octets, oid, sequence, setOf, text, time } from './der.ts'

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const COMMON_NAME = '2.5.4.3'
const BASIC_CONSTRAINTS = '2.5.29.19'
const ALTERNATIVE_NAMES = '2.5.29.17'
const LIFE_MS = 24 * 60 * 60 * 1_000

const nameOf = (commonName: string): Buffer => sequence(setOf(sequence(oid(COMMON_NAME), text(commonName))))

const extension = (id: string, content: Buffer): Buffer => sequence(oid(id), boolean(true), octets(content))

const pemOf = (certificate: Buffer): string =>
  [
    '-----BEGIN CERTIFICATE-----',
    ...(certificate.toString('base64').match(/.{1,64}/g) ?? []),
    '-----END CERTIFICATE-----',
    '',
  ].join('\n')

interface Subject {
  readonly name: string
  readonly publicKey: KeyObject
  readonly extension: Buffer
}

/** An X.509 certificate (RFC 5280) that is valid today. */
const certificateOf = (subject: Subject, issuer: { readonly name: string; readonly privateKey: KeyObject }): string => {
  const now = Date.now()
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(randomBytes(8)),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    sequence(time(new Date(now - LIFE_MS)), time(new Date(now + LIFE_MS))),
    nameOf(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(subject.extension)),
  )
  return pemOf(sequence(content, ECDSA_WITH_SHA256, bits(sign('sha256', content, issuer.privateKey))))
}

const keysOf = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

export interface Certificates {
  /** Whoever trusts it trusts the server. */
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/**
 * An authority of its own, and a certificate of a server on loopback that it signed: two, because a certificate of an
 * authority is not accepted as that of a server.
 */
export const makeCertificates = (): Certificates => {
  const name = 'An authority of a test'
  const authority = keysOf()
  const server = keysOf()
  return {
    authority: certificateOf(
      { name, publicKey: authority.publicKey, extension: extension(BASIC_CONSTRAINTS, sequence(boolean(true))) },
      { name, privateKey: authority.privateKey },
    ),
    certificate: certificateOf(
      {
        name: 'localhost',
        publicKey: server.publicKey,
        extension: extension(
          ALTERNATIVE_NAMES,
          sequence(implicit(2, Buffer.from('localhost')), implicit(7, Buffer.from([127, 0, 0, 1]))),
        ),
      },
      { name, privateKey: authority.privateKey },
    ),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
