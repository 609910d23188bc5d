import { expect, test } from 'vitest'
import { errorText } from '../../../electron/engine/foundation/errors.ts'
import { createLog } from '../../../electron/engine/foundation/log.ts'
import { createRedactor } from '../../../electron/engine/foundation/redaction.ts'

test('a secret that is learnt later is hidden from then on, in a log that was made before as well', () => {
  const redactor = createRedactor()
  const lines: string[] = []
  const log = createLog((line) => lines.push(line), redactor)
  log.info({}, 'before open-sesame')
  redactor.learn('sesame')
  redactor.learn('open-sesame')
  log.info({ body: JSON.stringify({ token: 'open-sesame' }) }, 'after open-sesame')
  expect(lines[0]).toContain('before open-sesame')
  expect(lines[1]).not.toContain('sesame')
  expect(lines[1]).toContain('after [hidden]')
})

test.each(['open\n sesame', 'open\r\nsesame\n', 'open\u2028sesame'])(
  'a secret of several lines is hidden where an error has told it in one: %j',
  (secret) => {
    const { learn, redact } = createRedactor()
    learn(secret)
    const told = redact(errorText(new Error(`"Bearer ${secret}" is no value`)))
    expect(told).toMatch(/^"Bearer \[hidden\] ?" is no value$/)
  },
)

test('a secret of nothing but line breaks hides nothing else', () => {
  const { learn, redact } = createRedactor()
  learn('\n')
  expect(redact('An ordinary sentence')).toBe('An ordinary sentence')
})

test('null and empty text teach nothing', () => {
  const { learn, redact } = createRedactor()
  learn(null)
  learn('')
  expect(redact('An ordinary sentence')).toBe('An ordinary sentence')
})

test.each([
  ['of ngrok', '2aBcDeFgHiJkLmNoPqRsTuVwXyZ_3aBcDeFgHiJkLmNoPqRsT'],
  ['of Notion', 'ntn_1234567890abcdefABCDEF1234'],
  ['of a subscription', 'secret_Abc0123456789Abc0123456789'],
])('a token of the shape %s is hidden though nobody told that it is one', (_, token) => {
  expect(createRedactor().redact(`{"authtoken":"${token}","x":1}`)).toBe('{"authtoken":"[hidden]","x":1}')
})

test('the user part of an address is hidden, the address itself is not', () => {
  const { redact } = createRedactor()
  expect(redact('by way of http://me:sesame@proxy.example:3128/, "https://example.org/a@b"')).toBe(
    'by way of http://[hidden]@proxy.example:3128/, "https://example.org/a@b"',
  )
})

test('names of files and ids are no tokens', () => {
  const { redact } = createRedactor()
  const text = 'pages/Quilla Underhay (5e0e005d).json 5e0e005d-1111-4a4a-8b8b-000000000001 webhook_config.yaml'
  expect(redact(text)).toBe(text)
})

test('all of a password that holds an @ itself is hidden', () => {
  expect(createRedactor().redact('by http://me:one@two@proxy.example:3128/a@b')).toBe(
    'by http://[hidden]@proxy.example:3128/a@b',
  )
})
