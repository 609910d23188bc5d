import { expect, test } from 'vitest'
import { withDashedValues } from '../../electron/console/dashed-values.ts'

const OPTIONS = { for: { type: 'string' }, all: { type: 'boolean' } } as const

test.each<readonly [readonly string[], readonly string[]]>([
  [
    ['pause', '--for', '-5m'],
    ['pause', '--for=-5m'],
  ],
  [
    ['pause', '--for', '30m', '--all'],
    ['pause', '--for', '30m', '--all'],
  ],
  [
    ['pause', '--for', '--all'],
    ['pause', '--for', '--all'],
  ],
  [
    ['retry', '--all', '-5'],
    ['retry', '--all', '-5'],
  ],
  [
    ['pause', '--for'],
    ['pause', '--for'],
  ],
  [
    ['pause', '--', '--for', '-5m'],
    ['pause', '--', '--for', '-5m'],
  ],
  [[], []],
])('a value that begins with a dash is one all the same, and nothing else is: %j', (args, expected) => {
  expect(withDashedValues(args, OPTIONS)).toEqual(expected)
})
