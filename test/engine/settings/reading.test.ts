import { expect, test } from 'vitest'
import type { Environment } from '../../../electron/engine/settings/environment.ts'
import { type Reading, readSource } from '../../../electron/engine/settings/reading.ts'
import { parseYaml } from '../../../electron/engine/settings/yaml-source.ts'

const read = (text: string, environment: Environment = {}): Reading => {
  const yaml = parseYaml(text)
  if (yaml.kind === 'broken') throw new Error(yaml.problem.sentence)
  return readSource(yaml.source, environment)
}

const told = (text: string): readonly string[] =>
  read(text).problems.map(({ place, sentence }) => `${place.line}: ${sentence}`)

test('values keep their types, and every kind of text is text', () => {
  expect(read('a: 1\nb: true\nc: null\nd: 2026-03-11\ne: |\n  two\n  lines\nf: [x, {g: 0x10}]').value).toEqual({
    a: 1,
    b: true,
    c: null,
    d: '2026-03-11',
    e: 'two\nlines\n',
    f: ['x', { g: 16 }],
  })
})

test('variables expand in every value, but neither in keys nor in comments', () => {
  const text = '${A}: "${A}-${B}" # ${MISSING}\nlist: [\'x${A}\']\nblock: >-\n  ${A}\n  ${B}'
  expect(read(text, { A: '1', B: '2' })).toMatchObject({
    value: { '${A}': '1-2', list: ['x1'], block: '1 2' },
    problems: [],
  })
})

test('what a variable holds is never read as YAML', () => {
  const hostile = 'x\nadmin: true # *a ${B}'
  expect(read('a: ${A}\nb: "${A}"', { A: hostile, B: 'no' }).value).toEqual({ a: hostile, b: hostile })
})

test('one variable without quotes becomes a number or a boolean, except where a secret belongs', () => {
  const environment = { N: '42', T: 'true' }
  const text = 'a: ${N}\nb: ${T}\nc: "${N}"\nd: ${N}${N}\nsecret: ${N}\ntoken: ${T}\nauthtoken: [${N}]'
  expect(read(text.replace('[${N}]', '\n  - ${N}'), environment).value).toEqual({
    a: 42,
    b: true,
    c: '42',
    d: '4242',
    secret: '42',
    token: 'true',
    authtoken: ['42'],
  })
})

test('every key and item has its line', () => {
  const { entries } = read('a:\n  - x\n  - b: 1\n    c:\n      2\n')
  expect([...entries].map(([path, { place }]) => `${path}:${place.line}`)).toEqual([
    ':1',
    'a:1',
    'a[0]:2',
    'a[1]:3',
    'a[1].b:3',
    'a[1].c:4',
  ])
})

test('a key that stands twice is told with both lines', () => {
  expect(told('a:\n  b: 1\n  c: 2\n  b: 3')).toEqual(['4: a.b stands twice: it is already in line 2.'])
})

test('aliases and keys that are no text are refused', () => {
  expect(told('a: &x 1\nb: *x\n? [c]\n: 1\n: 2')).toEqual([
    '2: b is an alias (*), which settings cannot hold: write the value itself.',
    '3: the file holds a key that is no text.',
    '5: the file holds a key that is no text.',
  ])
})

test('unset variables are told, except those of the secret and the token', () => {
  expect(told('webhook: {secret: "${A}", x: "${B}"}\nnotion: {token: "${A}", secret: "${C}"}')).toEqual([
    '1: webhook.x needs the environment variable B, which is not set.',
    '2: notion.secret needs the environment variable C, which is not set.',
  ])
})
