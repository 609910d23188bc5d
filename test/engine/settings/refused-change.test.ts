import { expect, test } from 'vitest'
import { refusalOf, secretIsFixed } from '../../../electron/engine/settings/refused-change.ts'

test('a change that was done has no refusal, one that says why it was not is passed on', async () => {
  expect(await refusalOf(() => Promise.resolve(null))).toBeNull()
  expect(await refusalOf(() => Promise.resolve('Not now.'))).toBe('Not now.')
})

test('a disk that refuses is told in one sentence, with what to do', async () => {
  expect(await refusalOf(() => Promise.reject(new Error('no space left')))).toBe(
    'The disk refuses, and nothing was changed: no space left. Check its space, then repeat it.',
  )
})

test('a secret of the settings is told with its place, and where it can be forgotten', () => {
  expect(secretIsFixed('settings.yaml:3: webhook.secret')).toBe(
    'settings.yaml:3: webhook.secret is set, and cannot be forgotten from here. Remove it there, then start again.',
  )
})
