import { expect, test } from 'vitest'
import { textTable } from '../../electron/simulator/text-table.ts'

test('columns are as wide as their widest cell, and no line ends in spaces', () => {
  expect(textTable(['Event', 'Count'], [['page.created', '2'], ['x']])).toBe(
    ['Event         Count', '────────────  ─────', 'page.created  2', 'x', ''].join('\n'),
  )
})

test('a table without rows is its head', () => {
  expect(textTable(['Name'], [])).toBe('Name\n────\n')
})
