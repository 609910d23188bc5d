import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../electron/engine/foundation/redaction.ts'
import { createPresentable } from '../../../electron/engine/settings/presentable.ts'

const HOME = '/home/quilla'

const presentableWith = (secrets: readonly string[] = [], homeFolder = HOME) => {
  const { learn, redact } = createRedactor()
  for (const secret of secrets) learn(secret)
  return createPresentable({ redact, homeFolder })
}

const letters = fc.stringMatching(/^[A-Za-z0-9]{24,60}$/)

/** What stands around a token: any text, or a word that it is glued to. */
const around = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('token_', '"', '=', 'x', '%22', '\\"', 'é'))

describe('no token of a known shape is left, whatever stands around it', () => {
  test.each<[string, (body: string) => string, RegExp]>([
    ['a verification token', (body) => `secret_${body}`, /secret_[A-Za-z0-9]{8}/],
    ['an integration token', (body) => `ntn_${body}`, /ntn_[A-Za-z0-9]{8}/],
    ['ngrok’s authtoken', (body) => `2${body.slice(0, 22)}aaaa_1${body.slice(-21)}`, /[A-Za-z0-9]{20}_[A-Za-z0-9]{20}/],
    ['a bearer', (body) => `Bearer ${body}`, /Bearer [A-Za-z0-9]{8}/],
    ['the user of a proxy', (body) => `http://user:${body}@proxy.example:3128/`, /user:/],
  ])('%s', (_what, token, left) => {
    const presentable = presentableWith()
    fc.assert(
      fc.property(letters, around, around, (body, before, after) => {
        expect(presentable(`${before} ${token(body)}${after}`)).not.toMatch(left)
      }),
    )
  })
})

test('no known secret is left in any of its forms', () => {
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)
  fc.assert(
    fc.property(fc.string({ minLength: 12, unit: 'binary' }), fc.string(), (secret, before) => {
      const presentable = presentableWith([secret])
      const forms = [secret, inJson(secret), inJson(inJson(secret)), encodeURIComponent(secret.toWellFormed())]
      const text = presentable(forms.map((form) => `${before}|${form}|`).join('\n'))
      fc.pre(!'[hidden]||\n~… ()'.includes(secret) && !before.includes(secret))
      expect(forms.filter((form) => text.includes(form))).toEqual([])
    }),
  )
})

test.each([
  ['/home/quilla/cache/a.json', '~/cache/a.json'],
  ['{"path":"/home/quilla"}', '{"path":"~"}'],
  ['/home/quillas/cache', '/home/quillas/cache'],
  ['/home/quilla-old and /home/quilla', '/home/quilla-old and ~'],
])('the user’s folder is ~, and its namesakes are not: %s', (text, expected) => {
  expect(presentableWith()(text)).toBe(expected)
})

test('a folder of Windows is found in JSON as well; the root is nobody’s', () => {
  const home = String.raw`C:\Users\Quilla`
  expect(presentableWith([], home)(JSON.stringify({ path: `${home}\\cache` }))).toBe(String.raw`{"path":"~\\cache"}`)
  expect(presentableWith([], '/')('/var/log')).toBe('/var/log')
})

test.each([
  ['/c/pages/People & Contacts/Quilla Underhay (5e0e005d).json', '/c/pages/People & Contacts/… (5e0e005d).json'],
  [
    '"/c/.trash/Ä title (0123456789abcdef012345675e0e005d).json" moved',
    '"/c/.trash/… (0123456789abcdef012345675e0e005d).json" moved',
  ],
  ['/c/.trash/Her will (5e0e005d) (of 2026-11-23).json', '/c/.trash/… (5e0e005d) (of 2026-11-23).json'],
  ['/c/people_contacts.json', '/c/people_contacts.json'],
])('a page’s title is taken out of its file’s name: %s', (text, expected) => {
  expect(presentableWith()(text)).toBe(expected)
})

test('what follows a question mark in an address may be a key', () => {
  expect(presentableWith()('https://a.example/hook?key=v and more')).toBe('https://a.example/hook?[hidden] and more')
})
