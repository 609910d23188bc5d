import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../../electron/engine/settings/load.ts'
import { isSecretPath, presentablePath, withoutSecrets } from '../../../electron/engine/settings/secrets.ts'

const SECRET = 'Zq7Zq7Zq7'

/** Gives everything a log could print of the error, or null when the text is accepted. */
const refusal = (text: string): string | null => {
  try {
    loadSettings({ file: 's.yaml', cwd: '/srv', environment: { HIDDEN: SECRET }, readText: () => text })
    return null
  } catch (error) {
    return error instanceof Error ? inspect(error) : ''
  }
}

describe('a secret never appears in a message', () => {
  test.each([
    `secret: [${SECRET}]`,
    `secret: {${SECRET}: 1}`,
    `secret: {a: ${SECRET}}`,
    `secret: {${SECRET}: "\${MISSING}"}`,
    `secret: {${SECRET}: 1, ${SECRET}: 2}`,
    `secret: "${SECRET}\\q"`,
    `secret: "${SECRET}`,
    `secret: ${SECRET}: x`,
    `secret: *${SECRET}`,
    `secret: !${SECRET} x`,
    `secret: "${SECRET}" ${SECRET}`,
    `secret: "${SECRET}\${"`,
    `secret: {? {${SECRET}: 1}}`,
    `secret: ${SECRET}\n  secret: ${SECRET}`,
    `secret:${SECRET}`,
    `{secret:${SECRET}: 1}: 2`,
    `"secret=${SECRET}": 2`,
    `endpoint_url: https:/\${HIDDEN}`,
    `listen: {port: "\${HIDDEN}"}`,
    `listen: {host: "\${HIDDEN} \${HIDDEN}"}`,
    `listen: "secret: ${SECRET}"`,
    `endpoint_url: "ftp://me:${SECRET}@host/"`,
  ])('%s', (line) => {
    const told = refusal(`webhook:\n  ${line}\n`)
    expect(told).not.toBeNull()
    expect(told).not.toContain('Zq7')
  })

  test.each([
    [`webhook:\n  secret:${SECRET}`],
    [`webhook: {secret:${SECRET}, databases: [a]}`],
    [`secret:${SECRET}`],
    [`webhook:\n  databases: [a]\nnotion:\n  token:${SECRET}`],
    [`webhook:\n  databases: [a]\ncache:\n  authtoken: ${SECRET}`],
    [`webhook:\n  databases: [a]\nnotion: {api_key: ${SECRET}}`],
    ['webhook:\n  databases: [a]\nconsole: ntn_Zq7Zq7Zq7Zq7'],
    ['webhook:\n  databases: [a]\nsecret_Zq7Zq7Zq7: 1'],
    ['webhook:\n  databases: [a]\ncache: {folder: 1, folder: secret_Zq7Zq7Zq7}'],
  ])('at a wrong place: %j', (text) => {
    const told = refusal(text)
    expect(told).not.toBeNull()
    expect(told).not.toContain('Zq7')
  })

  test('however the file is broken around it', () => {
    const noise = fc
      .array(
        fc.constantFrom(' ', '\n', '\n  ', ': ', '- ', '"', "'", '{', '}', '[', ']', ',', '&a ', '!', '|', '#', 'x'),
        {
          maxLength: 6,
        },
      )
      .map((pieces) => pieces.join(''))
    const key = fc.constantFrom('secret', 'token', 'authtoken')
    fc.assert(
      fc.property(noise, key, noise, noise, (before, name, between, after) => {
        const text = `webhook:\n  listen: {port: x}\n  ${before}\n  ${name}: ${between}${SECRET}${after}\n  events: []\n`
        expect(refusal(text) ?? '').not.toContain('Zq7')
      }),
      { numRuns: 500 },
    )
  })

  test('whatever variables hold', () => {
    const key = fc.constantFrom('port', 'host', 'x')
    const written = fc.constantFrom('${HIDDEN}', '"${HIDDEN}"', '"a ${HIDDEN} b"', '\n      - ${HIDDEN}')
    fc.assert(
      fc.property(key, written, (name, value) => {
        expect(refusal(`webhook:\n  listen:\n    ${name}: ${value}\n`)).not.toContain('Zq7')
      }),
    )
  })
})

test('everything below a key that keeps a secret is secret, and not presentable', () => {
  expect(isSecretPath(['webhook', 'secret', 'a', 0])).toBe(true)
  expect(isSecretPath(['webhook', 'secrets'])).toBe(false)
  expect(presentablePath(['webhook', 'secret', 'a', 0])).toEqual(['webhook', 'secret'])
  expect(presentablePath(['webhook', 'secret:abc'])).toEqual(['webhook', 'secret…'])
  expect(presentablePath(['webhook', 'databases', 0])).toEqual(['webhook', 'databases', 0])
})

test('what looks like a secret of Notion is struck out of a sentence', () => {
  expect(withoutSecrets('is "ntn_1234567890abc" or secret_AbCdEfGhIj.')).toBe('is "ntn_…" or secret_….')
  expect(withoutSecrets('is "https://me:pass@host/a@b".')).toBe('is "https://…@host/a@b".')
  expect(withoutSecrets('webhook.secret_key is not a known key.')).toBe('webhook.secret_key is not a known key.')
})
