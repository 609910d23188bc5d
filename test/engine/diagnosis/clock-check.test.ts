import { expect, test } from 'vitest'
import { clockCheck } from '../../../electron/engine/diagnosis/clock-check.ts'

test.each([
  [0, '0 s'],
  [499, '0 s'],
  [-60_000, '60 s'],
  [60_000, '60 s'],
])('%i ms are no fault, and told in seconds', (aheadMs, told) => {
  expect(clockCheck(aheadMs)).toEqual({
    name: 'clock',
    outcome: 'ok',
    message: `This computer’s clock and Notion’s are ${told} apart.`,
  })
})

test.each([
  [61_000, /is 61 s ahead of Notion’s.*signatures are not affected.*set its time/],
  [-7_200_000, /is 7200 s behind Notion’s/],
])('more than a minute (%i ms) is a failure that names its side and what to do', (aheadMs, told) => {
  expect(clockCheck(aheadMs)).toMatchObject({ outcome: 'failed', message: expect.stringMatching(told) })
})

test('what Notion never told is not checked', () => {
  expect(clockCheck(null)).toMatchObject({ outcome: 'skipped', message: expect.stringMatching(/^not checked: /) })
})
