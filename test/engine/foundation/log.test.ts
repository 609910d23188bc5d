import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLog } from '../../../electron/engine/foundation/log.ts'
import { redactorOf } from '../../support/redactor-of.ts'

const logged = (
  secrets: readonly (string | null)[],
  use: (log: ReturnType<typeof createLog>) => void,
  level?: 'info' | 'warn',
): string => {
  const lines: string[] = []
  use(createLog((line) => lines.push(line), redactorOf(...secrets), level))
  return lines.join('')
}

test('a line is JSON with its level, its time in UTC, its fields and its message', () => {
  const text = logged([], (log) => {
    log.warn({ job: 7 }, 'Careful')
  })
  expect(text.endsWith('\n')).toBe(true)
  const { time, ...rest } = JSON.parse(text) as Record<string, unknown>
  expect(rest).toEqual({ level: 'warn', job: 7, msg: 'Careful' })
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})

test('below its level a log is silent', () => {
  const text = logged(
    [],
    (log) => {
      log.info({}, 'quiet')
      log.error({}, 'loud')
    },
    'warn',
  )
  expect(text).not.toContain('quiet')
  expect(text).toContain('loud')
})

/** Wherever a secret can stand in a line: message, value, key, nested, within JSON text, within an address. */
const linesWith = (secret: string) =>
  logged([null, '', secret], (log) => {
    log.info({ value: secret, inside: `before${secret}after` }, `message ${secret}`)
    log.warn({ nested: { list: [secret, { deep: secret }] } }, 'nested')
    log.error({ [secret]: true, error: `cause: ${secret}` }, 'key')
    log.info({ body: JSON.stringify({ token: secret }) }, JSON.stringify(secret))
    log.info({ url: `https://example.org/?token=${encodeURIComponent(secret)}` }, 'address')
    log.error({ err: new Error(`failed with ${secret}`, { cause: new Error(secret) }) }, 'error')
  })

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** Long enough to be a secret, and no part of what every line holds anyway. */
const secretText = fc
  .oneof(fc.string({ minLength: 8 }), fc.string({ minLength: 8, unit: 'binary' }))
  .filter((secret) => !linesWith('w').includes(secret))

test('a known secret is nowhere in a line, whatever its characters and wherever it stood', () => {
  fc.assert(
    fc.property(secretText, (secret) => {
      const text = linesWith(secret)
      const forms = [secret, inJson(secret), inJson(inJson(secret)), encodeURIComponent(secret.toWellFormed())]
      for (const form of forms) expect(text).not.toContain(form)
      expect(text).toContain('[hidden]')
    }),
    { numRuns: 200 },
  )
})

test('a line whose secret was hidden is still JSON', () => {
  for (const line of linesWith('a "quoted" \\ secret').trim().split('\n'))
    expect(JSON.parse(line)).toHaveProperty('msg')
})

test('a secret that holds another one is hidden whole', () => {
  const text = logged(['sesame', 'open-sesame-please'], (log) => {
    log.info({}, 'it is open-sesame-please')
  })
  expect(text).toContain('"it is [hidden]"')
})

test.each(['secret_Abc0123456789Abc0123456789', 'ntn_1234567890abcdefABCDEF1234'])(
  'a token of the shape of %s is hidden though nobody told that it is one',
  (token) => {
    const text = logged([], (log) => {
      log.info({ header: `Bearer ${token}` }, 'x')
    })
    expect(text).not.toContain(token)
    expect(text).toContain('Bearer [hidden]')
  },
)

test('without secrets nothing is hidden', () => {
  const text = logged([null, ''], (log) => {
    log.info({ page: 'secret_short' }, 'An ordinary sentence')
  })
  expect(text).toContain('An ordinary sentence')
  expect(text).not.toContain('[hidden]')
})
