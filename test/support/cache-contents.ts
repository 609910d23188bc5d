import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { flatRecord, renderRecord } from '../../electron/engine/cache/flat-record.ts'
import type { Workspace } from '../../electron/simulator/workspace.ts'
import { dashedId } from '../../shared/ids.ts'
import { namedSchema, type NotionPage, type PageFile, pageFileSchema } from '../../shared/records.ts'

export interface FoundPage extends PageFile {
  /** `<database>/<file name>`. */
  readonly path: string
}

export type FoundRecord = Readonly<Record<string, unknown>>

export interface FoundDatabase {
  readonly title: string
  readonly records: readonly FoundRecord[]
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).toSorted()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

const parsed = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** Every page file, by the page's id. Two files of one page are a mistake and throw. */
export const pagesIn = (cacheFolder: string): ReadonlyMap<string, FoundPage> => {
  const found = new Map<string, FoundPage>()
  for (const database of namesIn(join(cacheFolder, 'pages'))) {
    for (const name of namesIn(join(cacheFolder, 'pages', database))) {
      const file = pageFileSchema.parse(parsed(join(cacheFolder, 'pages', database, name)))
      if (found.has(file.page.id)) throw new Error(`Two files of one page: ${name}`)
      found.set(file.page.id, { ...file, path: `${database}/${name}` })
    }
  }
  return found
}

export const pageIn = (cacheFolder: string, id: string): FoundPage => {
  const page = pagesIn(cacheFolder).get(id)
  if (page === undefined) throw new Error(`There is no page file of ${id}`)
  return page
}

export const trashIn = (cacheFolder: string): readonly string[] => namesIn(join(cacheFolder, '.trash'))

export const databaseFilesIn = (cacheFolder: string): readonly string[] =>
  namesIn(cacheFolder).filter((name) => name.endsWith('.json'))

const databaseSchema = z.record(z.string(), z.array(namedSchema(z.unknown())))

/** A database file; one that has not exactly one key throws. */
export const databaseIn = (cacheFolder: string, fileName: string): FoundDatabase => {
  const [only, second] = Object.entries(databaseSchema.parse(parsed(join(cacheFolder, fileName))))
  if (only === undefined || second !== undefined) throw new Error(`${fileName} has not exactly one key`)
  return { title: only[0], records: only[1] }
}

/** The records of all database files, by the page's id. */
export const recordsIn = (cacheFolder: string): ReadonlyMap<string, FoundRecord> =>
  new Map(
    databaseFilesIn(cacheFolder).flatMap((name) =>
      databaseIn(cacheFolder, name).records.map((record) => [String(record['id']), record] as const),
    ),
  )

/** Parses every JSON file of the folder, the trash included; throws at the first one that is torn. Gives their number. */
export const parseEveryFile = (cacheFolder: string): number => {
  const names = readdirSync(cacheFolder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  for (const name of names) {
    try {
      parsed(join(cacheFolder, name))
    } catch (error) {
      throw new Error(`${name} is torn`, { cause: error })
    }
  }
  return names.length
}

/** The record that a database file has to show for this page, related pages by the titles that they bear now. */
export const recordOf = (workspace: Workspace, page: NotionPage): unknown =>
  JSON.parse(renderRecord(flatRecord(page), (id) => workspace.titleOf(dashedId(id)) ?? null))

/** Notion shows the first 25 values of a rollup, and has no address for the rest. */
const ROLLUP_VALUES = 25

/** A page without what differs at every fetch (the signed part of links to files), rollups as far as Notion shows them. */
export const lasting = (page: unknown): unknown =>
  JSON.parse(
    JSON.stringify(page, (key, value: unknown): unknown => {
      if (key === 'expiry_time' || key === 'request_id') return undefined
      if (key === 'array' && Array.isArray(value)) return (value as unknown[]).slice(0, ROLLUP_VALUES)
      return typeof value === 'string' ? value.replace(/\?X-Amz-\S*$/, '') : value
    }),
  )
