import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  databaseNames,
  longDatabaseNames,
  longPageFileName,
  nameKey,
  pageDigits,
  pageFileName,
} from '../../../electron/engine/cache/names.ts'
import { idNumber } from '../../support/page-builders.ts'

const ID = idNumber(0xab12_cd34)

/** What titles are made of when somebody wants to be difficult. */
const title = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200, size: 'max' }),
  fc.string({ unit: 'grapheme', maxLength: 200, size: 'max' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          'CON',
          'nul',
          'Com1',
          'LPT³',
          'conin$',
          '.',
          '..',
          ' ',
          '/',
          '\\',
          ':',
          '*',
          '?',
          '"',
          '<',
          '>',
          '|',
          '\0',
          '\n',
        ],
        ...[
          '\u2028',
          '\u202E',
          '\u200D',
          '\u0301',
          '\uD800',
          '\uDC00',
          '\uFFFE',
          'é',
          'e\u0301',
          '가',
          'ᄀ',
          'ᅡ',
          '👩‍👩‍👧',
          '日',
          '-',
          '~',
          'a',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i

const expectSafe = (name: string): void => {
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
  expect(name).not.toMatch(/[/\\:*?"<>|]/)
  expect(name).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
  expect(name.isWellFormed()).toBe(true)
  expect(name).not.toMatch(WINDOWS_DEVICE)
  expect(name).not.toMatch(/[. ]$/)
  expect(name).not.toMatch(/^[. ]/)
  expect(name).toBe(name.normalize('NFC'))
  expect(name).not.toBe('')
}

describe('any title makes a name that Linux, macOS and Windows accept', () => {
  test('of page files, in their short and their long form', () => {
    fc.assert(
      fc.property(title, (text) => {
        for (const name of [pageFileName(text, ID), longPageFileName(text, ID)]) {
          expectSafe(name)
          expectSafe(name.replace(/\.json$/, ''))
        }
      }),
      { numRuns: 500 },
    )
  })

  test('of folders and database files, in their short and their long form', () => {
    fc.assert(
      fc.property(title, (text) => {
        for (const { folder, file } of [databaseNames(text), longDatabaseNames(text, ID)]) {
          expectSafe(folder)
          expectSafe(file)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('always the same one', () => {
    fc.assert(
      fc.property(title, (text) => {
        expect(pageFileName(text.normalize('NFD'), ID)).toBe(pageFileName(text, ID))
      }),
    )
  })
})

test.each([
  ['Plan the launch', 'Plan the launch (ab12cd34).json'],
  ['Q3/Q4: what now?', 'Q3-Q4 - what now- (ab12cd34).json'],
  ['two\nlines\tand  spaces', 'two lines and spaces (ab12cd34).json'],
  ['  ..hidden.. ', 'hidden (ab12cd34).json'],
  ['Überblick 日本語 👩‍👩‍👧', 'Überblick 日本語 👩‍👩‍👧 (ab12cd34).json'],
  ['', 'Untitled (ab12cd34).json'],
  ['...', 'Untitled (ab12cd34).json'],
])('the title %j gives a readable name', (text, name) => {
  expect(pageFileName(text, ID)).toBe(name)
})

test('a title that is too long is cut between characters, never within one', () => {
  const family = '👩‍👩‍👧'
  const name = pageFileName(family.repeat(50), ID)
  expect(name).toMatch(/^(👩‍👩‍👧)+ \(ab12cd34\)\.json$/)
  expect(Buffer.byteLength(name)).toBeGreaterThan(110)
})

test('the short name ends in the last eight digits of the id, the long one in all of them', () => {
  expect(pageFileName('A', ID)).toBe('A (ab12cd34).json')
  expect(longPageFileName('A', ID)).toBe(`A (${ID}).json`)
})

describe('the key of a name', () => {
  test('is one for all spellings that a disk may fold: case and normal form', () => {
    fc.assert(
      fc.property(title, (text) => {
        const key = nameKey(text.normalize('NFC'))
        const spellings = [
          text.normalize('NFD'),
          text.normalize('NFC').toUpperCase(),
          text.normalize('NFC').toLowerCase(),
        ]
        for (const spelling of spellings) expect(nameKey(spelling)).toBe(key)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['Straße', 'STRASSE'],
    ['GROẞ', 'groß'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['\u212Aelvin', 'kelvin'],
    ['ﬁn', 'FIN'],
    ['Ame\u0301lie', 'AMÉLIE'],
  ])('is one for %s and %s', (one, other) => {
    expect(nameKey(one)).toBe(nameKey(other))
  })

  test('tells names apart that no disk folds', () => {
    expect(nameKey('a')).not.toBe(nameKey('á'))
    expect(nameKey('a (1)')).not.toBe(nameKey('a (2)'))
  })

  test('is its own key', () => {
    fc.assert(
      fc.property(title, (text) => {
        expect(nameKey(nameKey(text))).toBe(nameKey(text))
      }),
      { numRuns: 500 },
    )
  })
})

test('two pages get two files however alike their titles are', () => {
  fc.assert(
    fc.property(title, title, (one, other) => {
      const otherId = idNumber(0xab12_cd35)
      expect(nameKey(pageFileName(one, ID))).not.toBe(nameKey(pageFileName(other, otherId)))
    }),
  )
})

test('the name of a page file says whose it is, short or long, and no other name does', () => {
  fc.assert(
    fc.property(title, (text) => {
      expect(pageDigits(pageFileName(text, ID))).toBe('ab12cd34')
      expect(pageDigits(longPageFileName(text, ID))).toBe('ab12cd34')
    }),
  )
  const others = ['Plan.json', 'Plan (AB12CD34).json', 'Plan (ab12cd34).txt', 'Plan (b12cd34).json', '(ab12cd34).json']
  for (const name of others) expect(pageDigits(name), name).toBeNull()
})

test.each([
  ['Tasks', 'Tasks', 'tasks.json'],
  ['Intelligence & Transcripts', 'Intelligence & Transcripts', 'intelligence_transcripts.json'],
  ['Identified Transgressions', 'Identified Transgressions', 'identified_transgressions.json'],
  ['Zeiträume', 'Zeiträume', 'zeiträume.json'],
])('the database %s has the folder %s and the file %s, as the existing tools name it', (text, folder, file) => {
  expect(databaseNames(text)).toEqual({ folder, file })
  expect(longDatabaseNames(text, ID)).toEqual({
    folder: `${folder} (ab12cd34)`,
    file: file.replace('.json', '_ab12cd34.json'),
  })
})
