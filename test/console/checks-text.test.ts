import { expect, test } from 'vitest'
import { checksText } from '../../electron/console/checks-text.ts'

test('each check is a line of its own, in columns', () => {
  const text = checksText([
    { name: 'settings', outcome: 'ok', message: 'settings.yaml is complete.' },
    { name: 'workspace', outcome: 'skipped', message: 'not checked: the token is refused.' },
    { name: 'disk', outcome: 'failed', message: 'Full.' },
  ])
  expect(text.split('\n')).toEqual([
    'ok       settings   settings.yaml is complete.',
    'skipped  workspace  not checked: the token is refused.',
    'failed   disk       Full.',
  ])
})
