import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Cache, openCache } from '../../electron/engine/cache/cache.ts'
import { createDatabaseFiles, type DatabaseFiles } from '../../electron/engine/cache/database-files.ts'
import { type CacheFolders, cacheFolders } from '../../electron/engine/cache/folders.ts'
import { createLeftFiles } from '../../electron/engine/cache/left-files.ts'
import type { RecordChange } from '../../electron/engine/cache/plan.ts'
import { createRecordRenderer } from '../../electron/engine/cache/record-renderer.ts'
import { MIGRATIONS } from '../../electron/engine/queue/migrations.ts'
import { type Database, openDatabase } from '../../electron/engine/foundation/database.ts'
import { type Disk, systemDisk } from '../../electron/engine/foundation/disk.ts'
import { createGates } from '../../electron/engine/foundation/gate.ts'
import { createGroupCommit, type GroupCommit } from '../../electron/engine/foundation/group-commit.ts'
import { SharedFlush } from '../../electron/engine/foundation/shared-flush.ts'
import type { NotionId } from '../../shared/ids.ts'
import { unflushedDisk } from './breaking-disk.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { PEOPLE, sourceFacts, TASKS } from './page-builders.ts'
import { createRecordedLog } from './recorded-log.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The cache stage on real files: the folder and the index outlive it, everything else is made anew at each opening. */
export interface CacheStage {
  readonly database: Database
  readonly commits: GroupCommit
  readonly folders: CacheFolders
  readonly clock: ManualClock
  readonly log: ReturnType<typeof createRecordedLog>
  readonly cache: Cache
  readonly databaseFiles: DatabaseFiles
  /** Pages whose titles were wanted, in order. */
  readonly wantedTitles: readonly NotionId[]
  /** Journal, apply, finish: what a worker does with a change. */
  carryOut(change: RecordChange): Promise<void>
  close(): void
}

export interface StageOptions {
  readonly disk?: Disk
  readonly wrapCommits?: (commits: GroupCommit) => GroupCommit
  readonly watched?: readonly string[]
  /** False: the start breaks off before what follows from the folder is stored. */
  readonly isSettled?: boolean
}

/** Opens what lies in the folder, as a start does; a stage that was left without `close` ends with the test. */
export const openStage = async (folder: string, options: StageOptions = {}): Promise<CacheStage> => {
  const {
    disk = systemDisk,
    wrapCommits = (commits) => commits,
    watched = ['Tasks', 'People'],
    isSettled = true,
  } = options
  // These tests end processes, never the machine: what the system was handed is as good as on the disk.
  const { openFlusher } = unflushedDisk
  const database = openDatabase(join(folder, 'index.db'), MIGRATIONS, { openFlusher })
  database.sql('PRAGMA synchronous = OFF').run()
  let isOpen = true
  const close = (): void => {
    if (isOpen) database.close()
    isOpen = false
  }
  onTestFinished(close)
  const commits = wrapCommits(createGroupCommit(database))
  const folders = cacheFolders(join(folder, 'cache'))
  await systemDisk.makeFolder(folders.root)
  const clock = createManualClock()
  const log = createRecordedLog()
  const wantedTitles: NotionId[] = []
  const wantTitles = (ids: readonly NotionId[]): void => {
    wantedTitles.push(...ids)
  }
  const cache = await openCache({ database, commits, disk, folders, watched, clock, log, wantTitles })
  const flush = new SharedFlush(disk.flushFolder)
  if (isSettled) cache.settleFolder()
  const databaseFiles = createDatabaseFiles(
    {
      disk,
      database,
      commits,
      folders,
      flush,
      renderer: createRecordRenderer(database, commits),
      left: createLeftFiles({ disk, database, flush, folders, log }),
    },
    createGates(),
  )
  return {
    database,
    commits,
    folders,
    clock,
    log,
    cache,
    databaseFiles,
    wantedTitles,
    carryOut: async (change) => {
      await commits.runQuick(() => {
        cache.applier.journal(change)
      })
      const applied = await cache.applier.apply(change)
      await commits.run(() => {
        applied.finish()
      })
    },
    close,
  }
}

/** A stage in a folder of its own that knows the databases Tasks and People. */
export const newStage = async (options: StageOptions = {}): Promise<CacheStage & { readonly folder: string }> => {
  const folder = temporaryFolder()
  const stage = await openStage(folder, options)
  await stage.commits.run(() =>
    stage.cache.catalogue.learn([sourceFacts(TASKS, 'Tasks'), sourceFacts(PEOPLE, 'People')]),
  )
  return { ...stage, folder }
}
