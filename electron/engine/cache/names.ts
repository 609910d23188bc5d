import filenamify from 'filenamify'
import { lastEight, type NotionId } from '../../../shared/ids.ts'

/** Room for the digits and the ending within the 255 bytes that every file system grants, and for Windows' short paths. */
const TITLE_LIMIT_BYTES = 120

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const withinBytes = (text: string, limitBytes: number): string => {
  if (Buffer.byteLength(text) <= limitBytes) return text
  let kept = ''
  let sizeBytes = 0
  for (const { segment } of segmenter.segment(text)) {
    sizeBytes += Buffer.byteLength(segment)
    if (sizeBytes > limitBytes) break
    kept += segment
  }
  return kept
}

const withoutEdges = (text: string): string => text.replace(/^[\s.]+|[\s.]+$/gu, '')

/**
 * Makes any text the readable part of a name that Linux, macOS and Windows accept alike: no separators or control
 * characters, no reserved device name, no dots or spaces at its ends, one normal form, at most 120 bytes.
 */
const safeName = (text: string): string => {
  const oneLine = text
    .normalize('NFC')
    .toWellFormed()
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
  const readable = withoutEdges(oneLine)
  if (readable === '') return 'Untitled'
  const allowed = filenamify(readable.replace(/ ?: /g, ' - '), { replacement: '-', maxLength: 10_000 })
  const short = withoutEdges(withinBytes(withoutEdges(allowed), TITLE_LIMIT_BYTES))
  return short === '' ? 'Untitled' : short
}

/** Two names with one key are one file on a file system that folds case or normal forms (macOS, Windows). */
export const nameKey = (name: string): string =>
  // Lower case first, because ẞ has no other way to ss than by way of ß.
  name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC')

export const pageFileName = (title: string, id: NotionId): string => `${safeName(title)} (${lastEight(id)}).json`

/** For the page whose short name is another page's. */
export const longPageFileName = (title: string, id: NotionId): string => `${safeName(title)} (${id}).json`

/** The last eight digits of the page's id, for the name of a page file; null for any other. */
export const pageDigits = (name: string): string | null =>
  / \((?:[0-9a-f]{24})?([0-9a-f]{8})\)\.json$/.exec(name)?.[1] ?? null

export interface DatabaseNames {
  readonly folder: string
  readonly file: string
}

/** The existing tools' rule: lower case, with " & " and " " turned into "_". */
const fileBase = (title: string): string =>
  safeName(title.toLowerCase().replaceAll(' & ', '_').replaceAll(' ', '_')).replace(/^Untitled$/, 'untitled')

export const databaseNames = (title: string): DatabaseNames => ({
  folder: safeName(title),
  file: `${fileBase(title)}.json`,
})

/** For databases that share a title, or whose names would fall together. */
export const longDatabaseNames = (title: string, id: NotionId): DatabaseNames => ({
  folder: `${safeName(title)} (${lastEight(id)})`,
  file: `${fileBase(title)}_${lastEight(id)}.json`,
})
