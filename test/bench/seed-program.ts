import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openCache } from '../../electron/engine/cache/cache.ts'
import { flatRecord } from '../../electron/engine/cache/flat-record.ts'
import { cacheFolders } from '../../electron/engine/cache/folders.ts'
import type { WriteChange } from '../../electron/engine/cache/plan.ts'
import { systemClock } from '../../electron/engine/foundation/clock.ts'
import { openDatabase } from '../../electron/engine/foundation/database.ts'
import { createGroupCommit } from '../../electron/engine/foundation/group-commit.ts'
import { createLog } from '../../electron/engine/foundation/log.ts'
import { MIGRATIONS } from '../../electron/engine/queue/migrations.ts'
import { parseNotionId } from '../../shared/ids.ts'
import { notionPageSchema } from '../../shared/records.ts'
import { unflushedDisk } from '../support/breaking-disk.ts'
import { redactorOf } from '../support/redactor-of.ts'
import type { Workspace } from './workspace.ts'

/**
 * Fills a data folder and a cache folder with so many records, as an engine would have after as many events: through the
 * cache stage itself, without flushes. Arguments: data folder, cache folder, count; on standard input the workspace and
 * a page of its database that serves as the pattern.
 */
const [, , dataFolder = '', cacheFolder = '', count = '0'] = process.argv
let input = ''
for await (const chunk of process.stdin) input += String(chunk)
const { workspace, page } = JSON.parse(input) as { readonly workspace: Workspace; readonly page: object }
const pattern = notionPageSchema.parse(page)
const stored = (id: string): string => parseNotionId(id) ?? ''

mkdirSync(dataFolder, { recursive: true })
mkdirSync(cacheFolder, { recursive: true })
const database = openDatabase(join(dataFolder, 'blackcore.db'), MIGRATIONS, { openFlusher: unflushedDisk.openFlusher })
const commits = createGroupCommit(database)
const cache = await openCache({
  database,
  commits,
  disk: unflushedDisk,
  folders: cacheFolders(cacheFolder),
  watched: [workspace.dataSourceId],
  clock: systemClock,
  log: createLog(() => undefined, redactorOf(), 'warn'),
  wantTitles: () => undefined,
})
const place = { sourceId: stored(workspace.dataSourceId), databaseId: stored(workspace.databaseId) }
const facts = { ...place, sourceTitle: workspace.title, databaseTitle: workspace.title, properties: [] }
database.transaction(() => cache.catalogue.learn([{ ...facts, isInTrash: false, isDatabaseInTrash: false }]))

const changeOf = (number: number): WriteChange => {
  const pageId = `5eed${number.toString(16).padStart(28, '0')}`
  return {
    kind: 'write',
    pageId,
    ...place,
    title: `Body number ${number}`,
    baseRevision: 0,
    lastEditedTime: pattern.last_edited_time ?? null,
    fingerprint: `seeded ${number}`,
    file: {
      page: { ...pattern, id: pageId },
      content: null,
      sync: { revision: 1, fetched_at: '2026-11-24T12:00:00.000Z', event_id: 'seeded', fields: {} },
    },
    flat: flatRecord({ ...pattern, id: pageId }),
  }
}

const AT_ONCE = 200
for (let first = 0; first < Number(count); first += AT_ONCE) {
  const changes = Array.from({ length: Math.min(AT_ONCE, Number(count) - first) }, (_, index) =>
    changeOf(first + index),
  )
  database.transaction(() => {
    for (const change of changes) cache.applier.journal(change)
  })
  const applied = await Promise.all(changes.map(cache.applier.apply))
  database.transaction(() => {
    for (const { finish } of applied) finish()
  })
}
database.tidy()
database.close()
process.stdout.write(`ready ${JSON.stringify({ records: Number(count) })}\n`)
