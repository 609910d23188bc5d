import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { NGROK_AUTHORITY } from '../../../electron/engine/tunnel/ngrok-authority.ts'
import { makeServerCertificate } from '../../../electron/engine/tunnel/server-certificate.ts'

const NOW = Date.UTC(2026, 10, 25)

test('a server’s certificate is signed by its authority, names the server alone, and is valid for a day', async () => {
  const made = await makeServerCertificate({ addresses: ['127.0.0.1'], hosts: ['a.invalid'] }, NOW)
  const [authority, certificate] = [new X509Certificate(made.authority), new X509Certificate(made.certificate)]
  expect(certificate.verify(authority.publicKey)).toBe(true)
  expect([authority.ca, certificate.ca]).toEqual([true, false])
  expect(certificate.subjectAltName).toBe('IP Address:127.0.0.1, DNS:a.invalid')
  expect([certificate.validFromDate, certificate.validToDate]).toEqual([
    new Date(NOW - 86_400_000),
    new Date(NOW + 86_400_000),
  ])
  const another = await makeServerCertificate({ addresses: ['127.0.0.1'], hosts: [] }, NOW)
  expect(new X509Certificate(another.certificate).verify(authority.publicKey)).toBe(false)
})

test('ngrok’s authority is whole: it is ngrok’s, and signed by itself', () => {
  const authority = new X509Certificate(NGROK_AUTHORITY)
  expect(authority.subject).toContain('O=ngrok Inc')
  expect(authority.ca && authority.verify(authority.publicKey)).toBe(true)
})
