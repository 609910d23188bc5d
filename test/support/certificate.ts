import { generateKeyPairSync, sign } from 'node:crypto'

/** One value in DER (X.690): its tag, its length, its bytes. */
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), body])
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)

const ECDSA_WITH_SHA256 = sequence(der(0x06, bytes('2a8648ce3d040302')))
const COMMON_NAME = der(0x06, bytes('550403'))
const SUBJECT_ALT_NAME = der(0x06, bytes('551d11'))

const VERSION_3 = der(0xa0, der(0x02, bytes('02')))

const pem = (label: string, body: Buffer): string =>
  `-----BEGIN ${label}-----\n${body.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`

/** A certificate for one host, made anew for each run and signed by itself: nobody trusts it who was not told to. */
export const madeCertificate = (host: string): { readonly cert: string; readonly key: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(host)))))
  const validity = sequence(der(0x18, Buffer.from('20200101000000Z')), der(0x18, Buffer.from('20990101000000Z')))
  const altName = der(0x04, sequence(der(0x82, Buffer.from(host))))
  const toBeSigned = sequence(
    VERSION_3,
    der(0x02, bytes('01')),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, altName))),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = sequence(toBeSigned, ECDSA_WITH_SHA256, der(0x03, bytes('00'), signature))
  return {
    cert: pem('CERTIFICATE', certificate),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}
