import type { NotionId } from '../../../shared/ids.ts'
import type { Database } from '../foundation/database.ts'
import { type DatabaseNames, databaseNames, longDatabaseNames, nameKey } from './names.ts'
import type { Watchable, WatchList } from './watch.ts'

/** What Notion said of a data source and the database that it belongs to. */
export interface SourceFacts extends Watchable {
  readonly isInTrash: boolean
  readonly isDatabaseInTrash: boolean
  readonly properties: readonly { readonly id: string; readonly name: string; readonly type: string }[]
}

export interface KnownSource extends Watchable {
  readonly isWatched: boolean
}

/** Databases and data sources that have been looked up at Notion, across restarts. */
export interface Catalogue {
  source(sourceId: NotionId): KnownSource | null
  /** The sources of a database; empty where it is unknown. */
  sourcesOf(databaseId: NotionId): readonly KnownSource[]
  all(): readonly KnownSource[]
  /** Entries of the settings that nothing known answers, or answered, to. */
  unresolved(): readonly string[]
  /**
   * Stores newer facts; within a transaction. A changed title plans a renaming of folder and file.
   * Gives the sources that are watched now and were not, or not known, before.
   */
  learn(facts: readonly SourceFacts[]): readonly SourceFacts[]
  /** Names a database's folder and file when they are first needed; within a transaction. */
  namesOf(databaseId: NotionId): DatabaseNames
  /** Titles of watched databases that are in Notion's trash. */
  trashed(): readonly string[]
}

interface SourceRow {
  readonly id: string
  readonly title: string
  readonly database_id: string
  readonly database_title: string
}

interface DatabaseRow {
  readonly title: string
  readonly folder_name: string | null
  readonly file_name: string | null
}

/** Names that databases bear, and those that they are about to. */
interface NamesRow extends DatabaseRow {
  readonly next_folder_name: string | null
  readonly next_file_name: string | null
}

const isSameName = (name: string, other: string | null): boolean => other !== null && nameKey(other) === nameKey(name)

const SELECT_SOURCE = `SELECT s.id, s.title, s.database_id, d.title AS database_title
  FROM data_source s JOIN database d ON d.id = s.database_id`

export const createCatalogue = (database: Database, watchList: WatchList): Catalogue => {
  /** Named once, watched for as long as the entry stands: a database that is renamed in Notion goes on being followed. */
  const wasNamed = (sourceId: NotionId): boolean =>
    database
      .sql('SELECT entry FROM watched_title WHERE source_id = ?')
      .all<{ entry: string }>(sourceId)
      .some(({ entry }) => watchList.hasEntry(entry))

  const hasNamed = (entry: string): boolean =>
    database.sql('SELECT 1 FROM watched_title WHERE entry = ?').get(entry) !== undefined

  const known = (row: SourceRow): KnownSource => {
    const watchable = {
      sourceId: row.id,
      sourceTitle: row.title,
      databaseId: row.database_id,
      databaseTitle: row.database_title,
    }
    return { ...watchable, isWatched: watchList.isWatched(watchable) || wasNamed(row.id) }
  }

  const source = (id: NotionId): KnownSource | null => {
    const row = database.sql(`${SELECT_SOURCE} WHERE s.id = ?`).get<SourceRow>(id)
    return row === undefined ? null : known(row)
  }

  const sourcesOf = (id: NotionId): readonly KnownSource[] =>
    database.sql(`${SELECT_SOURCE} WHERE s.database_id = ?`).all<SourceRow>(id).map(known)

  const all = (): readonly KnownSource[] => database.sql(SELECT_SOURCE).all<SourceRow>().map(known)

  /** The short names, unless another watched database has the same title or would share a name. */
  const freeNames = (id: NotionId, title: string): DatabaseNames => {
    const names = databaseNames(title)
    const others = database
      .sql('SELECT title, folder_name, file_name, next_folder_name, next_file_name FROM database WHERE id <> ?')
      .all<NamesRow>(id)
    const watchedTitles = all().filter((other) => other.isWatched && other.databaseId !== id)
    const isTaken =
      watchedTitles.some((other) => nameKey(other.databaseTitle) === nameKey(title)) ||
      others.some(
        (other) =>
          isSameName(names.folder, other.folder_name) ||
          isSameName(names.folder, other.next_folder_name) ||
          isSameName(names.file, other.file_name) ||
          isSameName(names.file, other.next_file_name),
      )
    return isTaken ? longDatabaseNames(title, id) : names
  }

  const planRenaming = (id: NotionId, title: string): void => {
    const names = freeNames(id, title)
    database
      .sql(
        'UPDATE database SET next_folder_name = ?, next_file_name = ?, dirty = dirty + 1 WHERE id = ? AND folder_name IS NOT NULL',
      )
      .run(names.folder, names.file, id)
  }

  const learnOne = (facts: SourceFacts): boolean => {
    const before = source(facts.sourceId)
    const held = database.sql('SELECT title FROM database WHERE id = ?').get<{ title: string }>(facts.databaseId)
    database
      .sql(
        `INSERT INTO database (id, title, is_in_trash) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, is_in_trash = excluded.is_in_trash`,
      )
      .run(facts.databaseId, facts.databaseTitle, Number(facts.isDatabaseInTrash))
    database
      .sql(
        `INSERT INTO data_source (id, database_id, title, is_in_trash, properties) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET database_id = excluded.database_id, title = excluded.title,
           is_in_trash = excluded.is_in_trash, properties = excluded.properties`,
      )
      .run(
        facts.sourceId,
        facts.databaseId,
        facts.sourceTitle,
        Number(facts.isInTrash),
        JSON.stringify(facts.properties),
      )
    if (held !== undefined && held.title !== facts.databaseTitle) planRenaming(facts.databaseId, facts.databaseTitle)
    const naming = database.sql('INSERT OR IGNORE INTO watched_title (entry, source_id) VALUES (?, ?)')
    for (const entry of watchList.naming(facts)) naming.run(entry, facts.sourceId)
    return watchList.isWatched(facts) && before?.isWatched !== true
  }

  return {
    source,
    sourcesOf,
    all,
    unresolved: () => watchList.unresolved(all()).filter((entry) => !hasNamed(entry)),
    learn: (facts) => facts.filter(learnOne),
    namesOf: (id) => {
      const row = database.sql('SELECT title, folder_name, file_name FROM database WHERE id = ?').get<DatabaseRow>(id)
      if (row === undefined) throw new Error(`The database ${id} is not in the catalogue`)
      if (row.folder_name !== null && row.file_name !== null) return { folder: row.folder_name, file: row.file_name }
      const names = freeNames(id, row.title)
      database.sql('UPDATE database SET folder_name = ?, file_name = ? WHERE id = ?').run(names.folder, names.file, id)
      return names
    },
    trashed: () => [
      ...new Set(
        database
          .sql(`${SELECT_SOURCE} WHERE s.is_in_trash = 1 OR d.is_in_trash = 1`)
          .all<SourceRow>()
          .map(known)
          .filter((entry) => entry.isWatched)
          .map((entry) => entry.databaseTitle),
      ),
    ],
  }
}
