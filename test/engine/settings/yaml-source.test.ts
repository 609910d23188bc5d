import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseYaml } from '../../../electron/engine/settings/yaml-source.ts'

const told = (text: string): string => {
  const yaml = parseYaml(text)
  return yaml.kind === 'broken' ? `${yaml.problem.place.line}: ${yaml.problem.sentence}` : 'parsed'
}

test.each([
  ['a: 1\n\tb: 2', '2: this is not valid YAML: lines must be indented with spaces, not with tabs.'],
  ['a: b: c', '1: this is not valid YAML: there is one value too many (text with ": " in it needs quotes).'],
  ['a: 1\nb: @x', '2: this is not valid YAML: text that starts with this character needs quotes.'],
  [
    'a: 1\nb: "x',
    '2: this is not valid YAML: something is missing: a quote, a bracket, a comma, or the ":" after a key.',
  ],
  [
    'a: "\\q"',
    '1: this is not valid YAML: a \\ in double quotes starts no known escape (single quotes take it as it is).',
  ],
  ['a: !env X', '1: this is not valid YAML: a tag is not known here (text that starts with ! needs quotes).'],
  ['a: *x', 'parsed'],
  ['%NEW\n---\na: 1', '1: this is not valid YAML: a line that starts with % is not understood.'],
  ['a: 1\n---\nb: 1', '2: a second document starts here, but settings are one document.'],
  ['', '1: the file holds no settings.'],
  ['---\na: 1\n...\n', 'parsed'],
  ['{"a": [1, true, null]}', 'parsed'],
])('%j gives its own sentence', (text, expected) => {
  expect(told(text)).toBe(expected)
})

test('a file that is nested without end is refused, not fatal', () => {
  expect(told('['.repeat(100_000))).toBe('1: this is not valid YAML: it is nested too deeply.')
})

test('no text makes the parser throw, and no sentence quotes the text', () => {
  const piece = fc.constantFrom(
    'Zq7',
    ' ',
    '\n',
    '  ',
    ':',
    ': ',
    '- ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ',',
    '*',
    '&',
    '!',
    '|',
    '%',
    '\\',
    '#',
    '?',
    '@',
    '\t',
    '---\n',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      expect(told(pieces.join(''))).not.toContain('Zq7')
    }),
  )
})
