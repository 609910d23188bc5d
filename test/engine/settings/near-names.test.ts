import { expect, test } from 'vitest'
import { nearestName } from '../../../electron/engine/settings/near-names.ts'

const KNOWN = ['databases', 'debouncing', 'queue_size', 'port', 'host']

test.each([
  ['databses', 'databases'],
  ['database', 'databases'],
  ['dtaabases', 'databases'],
  ['Databases', 'databases'],
  ['queueSize', 'queue_size'],
  ['queue-size', 'queue_size'],
  ['prt', 'port'],
  ['hots', 'host'],
])('%s was meant to be %s', (written, meant) => {
  expect(nearestName(written, KNOWN)).toBe(meant)
})

test.each(['workers', 'data', 'pt', '', 'databases'.repeat(20)])('nothing known is near "%s"', (written) => {
  expect(nearestName(written, KNOWN)).toBeNull()
})

test('the nearest of several is taken', () => {
  expect(nearestName('page.updated', ['page.created', 'page.update', 'page.updates'])).toBe('page.update')
})
