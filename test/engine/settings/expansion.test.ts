import { expect, test } from 'vitest'
import { expand } from '../../../electron/engine/settings/expansion.ts'

test('text without a variable is literal, dollar signs included', () => {
  expect(expand('$A {B} $', { A: 'x' }, true)).toEqual({ kind: 'literal' })
})

test('several variables expand in one text, and what they hold is not expanded again', () => {
  expect(expand('${A}/${_b2}$', { A: '${_b2}', _b2: "$& $1 $'" }, false)).toEqual({
    kind: 'expanded',
    value: "${_b2}/$& $1 $'$",
  })
})

test.each([
  ['8000', 8000],
  ['0', 0],
  ['999999999', 999_999_999],
  ['1234567890', '1234567890'],
  ['-1', '-1'],
  ['1.5', '1.5'],
  ['1e3', '1e3'],
  ['true', true],
  ['false', false],
  ['True', 'True'],
  ['null', 'null'],
])('a typed variable that holds %s gives %j', (held, value) => {
  expect(expand('${A}', { A: held }, true)).toEqual({ kind: 'expanded', value })
  expect(expand('${A}', { A: held }, false)).toEqual({ kind: 'expanded', value: held })
  expect(expand('${A} ', { A: held }, true)).toEqual({ kind: 'expanded', value: `${held} ` })
})

test('the first variable that is unset or empty is named', () => {
  expect(expand('${A}${B}${C}', { A: 'x', C: '' }, false)).toEqual({ kind: 'unset', variable: 'B', isEmpty: false })
  expect(expand('${C}${B}', { C: '' }, false)).toEqual({ kind: 'unset', variable: 'C', isEmpty: true })
  expect(expand('${toString}', {}, false)).toEqual({ kind: 'unset', variable: 'toString', isEmpty: false })
})

test.each(['${}', '${1A}', '${A-B}', '${A', '${ A }', '${A} and ${', '${A${A}}'])('%s is malformed', (text) => {
  expect(expand(text, { A: 'x', B: 'y' }, true)).toEqual({ kind: 'malformed' })
})
