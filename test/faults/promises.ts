import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import type { Workspace } from '../../electron/simulator/workspace.ts'
import { lasting, pagesIn, parseEveryFile, recordOf, recordsIn } from '../support/cache-contents.ts'
import { filesBelow } from '../support/folder-files.ts'

export interface Folders {
  readonly cacheFolder: string
  readonly dataFolder: string
}

const queried = <Row>({ dataFolder }: Folders, ...queries: readonly string[]): readonly (readonly Row[])[] => {
  const database = new DatabaseSync(join(dataFolder, 'blackcore.db'), { readOnly: true })
  try {
    return queries.map((query) => database.prepare(query).all() as Row[])
  } finally {
    database.close()
  }
}

/** No file is torn. May be asked at any moment, between the end of an engine and the start of the next too. */
export const expectNoTornFile = ({ cacheFolder }: Folders, when: string): void => {
  if (existsSync(cacheFolder)) expect(() => parseEveryFile(cacheFolder), when).not.toThrow()
}

/** The database is whole, and every file that lies about belongs to a record; for an engine that is at rest. */
export const expectNoOrphan = (folders: Folders, when: string): void => {
  const [check, held, trashed, unfinished] = queried<Record<string, unknown>>(
    folders,
    'PRAGMA integrity_check',
    `SELECT d.folder_name || '/' || r.file_name AS name FROM record r JOIN database d ON d.id = r.database_id
     WHERE r.is_removed = 0`,
    'SELECT trash_name AS name FROM record WHERE trash_name IS NOT NULL',
    `SELECT 'plan' AS what FROM plan UNION ALL SELECT 'claimed name' FROM page_file p
       LEFT JOIN record r ON r.page_id = p.page_id AND r.is_removed = 0 AND r.database_id = p.database_id
         AND r.file_name = p.name
       WHERE r.page_id IS NULL
     UNION ALL SELECT 'active job' FROM job WHERE state = 'active'`,
  )
  const names = (rows: readonly Record<string, unknown>[] | undefined): readonly string[] =>
    (rows ?? []).map((row) => String(row['name'])).toSorted()
  expect(check, when).toEqual([{ integrity_check: 'ok' }])
  expect(unfinished, when).toEqual([])
  const files = filesBelow(folders.cacheFolder)
  const filesIn = (place: string): readonly string[] =>
    files.filter((name) => name.startsWith(place)).map((name) => name.slice(place.length))
  expect(filesIn('pages/'), when).toEqual(names(held))
  expect(filesIn('.trash/'), when).toEqual(names(trashed))
  expect(filesIn('.tmp/'), when).toEqual([])
}

/** The pages' files show their newest states; those of pages in the trash are gone. */
export const expectNewest = (
  { cacheFolder }: Folders,
  workspace: Workspace,
  ids: readonly string[],
  when: string,
): void => {
  const pages = pagesIn(cacheFolder)
  for (const id of ids) {
    const page = workspace.page(id)
    const found = pages.get(id)
    if (page === undefined || page['in_trash'] === true) {
      expect(found, `${when}: ${id}`).toBeUndefined()
      continue
    }
    expect(lasting(found?.page), `${when}: ${id}`).toEqual(lasting(page))
    expect(found?.content, `${when}: ${id}`).toEqual({ markdown: workspace.markdown(id), truncated: false })
    expect(Object.values(found?.sync.fields ?? {}), `${when}: ${id}`).not.toContain('kept')
  }
}

/** The database files show exactly the records of the page files. */
export const expectTrueRecords = ({ cacheFolder }: Folders, workspace: Workspace, when: string): void => {
  const pages = pagesIn(cacheFolder)
  const records = recordsIn(cacheFolder)
  expect([...records.keys()].toSorted(), when).toEqual([...pages.keys()].toSorted())
  for (const [id, { page }] of pages) expect(records.get(id), `${when}: ${id}`).toEqual(recordOf(workspace, page))
}
