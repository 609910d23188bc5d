import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'

/** One recorded file: what Notion answered, or sent. */
export interface Recording {
  /** `api/page.in_data_source.json`. */
  readonly name: string
  readonly body: unknown
}

export interface RecordedObject {
  /** `api/list.json`, and the place in it where the object is no whole file: `api/list.json results.0`. */
  readonly name: string
  readonly object: Readonly<Record<string, unknown>>
}

const folder = process.env['RECORDINGS']

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Recordings are somebody else's and no part of this repository: without their folder, what reads them is skipped. */
export const describeRecordings = (what: string, tests: () => void): void => {
  if (folder === undefined) test.skip(`${what} (skipped: the variable RECORDINGS names no folder)`)
  else describe(what, tests)
}

/** The files of a folder of recordings whose names fit, at least one. Within `describeRecordings`. */
export const recordings = (part: 'api' | 'webhooks', fits: RegExp = /\.json$/): readonly Recording[] => {
  if (folder === undefined) throw new Error('The variable RECORDINGS names no folder')
  const names = readdirSync(join(folder, part)).filter((name) => fits.test(name))
  if (names.length === 0) throw new Error(`${join(folder, part)} holds no recording that fits ${fits.source}`)
  return names.toSorted().map((name) => ({
    name: `${part}/${name}`,
    body: JSON.parse(readFileSync(join(folder, part, name), 'utf8')),
  }))
}

const objectsIn = (value: unknown, kind: string, place: readonly string[]): readonly RecordedObject[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, kind, [...place, String(index)]))
  if (!isObject(value)) return []
  const inner = Object.entries(value).flatMap(([key, child]) => objectsIn(child, kind, [...place, key]))
  return value['object'] === kind ? [{ name: place.join('.'), object: value }, ...inner] : inner
}

/** Every object of this kind in the recorded answers, wherever in them it stands. */
export const recordedObjects = (kind: 'page' | 'database' | 'data_source'): readonly RecordedObject[] =>
  recordings('api').flatMap(({ name, body }) =>
    objectsIn(body, kind, []).map((found) => ({ ...found, name: `${name} ${found.name}`.trim() })),
  )
