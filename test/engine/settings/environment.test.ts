import { expect, test, vi } from 'vitest'
import { systemEnvironment } from '../../../electron/engine/settings/environment.ts'

test('the environment of the system is the one of the process, as it is now', () => {
  vi.stubEnv('BLACKCORE_TEST', 'here')
  expect(systemEnvironment.BLACKCORE_TEST).toBe('here')
  vi.unstubAllEnvs()
  expect(systemEnvironment.BLACKCORE_TEST).toBeUndefined()
})
