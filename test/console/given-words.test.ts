import { expect, test } from 'vitest'
import { shownWords } from '../../electron/console/given-words.ts'

test.each<[readonly string[], readonly string[]]>([
  [[], []],
  [
    ['30m', '12'],
    ['30m', '12'],
  ],
  [['plainToken'], ['a word (not repeated: it may be a secret)']],
  [
    ['12', 'plainToken', '1'.repeat(16), '30min'],
    ['12', '3 words (not repeated: one may be a secret)'],
  ],
])('numbers and times are shown, and of other words only how many there are: %j', (words, shown) => {
  expect(shownWords(words)).toEqual(shown)
})
