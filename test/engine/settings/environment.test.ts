import { expect, test, vi } from 'vitest'
import { secretsKeyIn, struckOutKeyIn, systemEnvironment } from '../../../electron/engine/settings/environment.ts'

test('the environment of the system is the one of the process, as it is now', () => {
  vi.stubEnv('BLACKCORE_TEST', 'here')
  expect(systemEnvironment.BLACKCORE_TEST).toBe('here')
  vi.unstubAllEnvs()
  expect(systemEnvironment.BLACKCORE_TEST).toBeUndefined()
})

test.each([
  ['', null, null],
  ['notion', 'notion', null],
  ['open sesame ', 'open sesame ', 'open sesame '],
])(
  'a passphrase is struck out of messages unless it is as short as a word of theirs: %j',
  (given, passphrase, struckOut) => {
    const environment = { BLACKCORE_SECRETS_KEY: given }
    expect([secretsKeyIn(environment), struckOutKeyIn(environment)]).toEqual([passphrase, struckOut])
  },
)
