import type { PageFile } from '../../../shared/records.ts'
import type { Clock } from '../foundation/clock.ts'
import type { Database } from '../foundation/database.ts'
import type { Disk } from '../foundation/disk.ts'
import { errorText } from '../foundation/errors.ts'
import { createGates } from '../foundation/gate.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { Log } from '../foundation/log.ts'
import { SharedFlush } from '../foundation/shared-flush.ts'
import { type ApplierParts, type ChangeApplier, createChangeApplier } from './apply.ts'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import { createDatabaseFiles } from './database-files.ts'
import { createDatabaseKeeper, type DatabaseKeeper } from './database-keeper.ts'
import { createDiskProbe } from './disk-probe.ts'
import { type FolderNotice, noticeFolder, noticeMissingFiles, settleFolder } from './folder-change.ts'
import type { CacheFolders } from './folders.ts'
import { createLeftFiles } from './left-files.ts'
import { createPageFiles } from './page-files.ts'
import { createPageNames } from './page-names.ts'
import { createRecordIndex, type HeldRecord, type RecordIndex } from './record-index.ts'
import { createRecordRenderer } from './record-renderer.ts'
import { createWatchList, type WatchList } from './watch.ts'

/** The stage that owns the cache folder. */
export interface Cache {
  /** What the folder is to the index; the same at each start until it is settled. */
  readonly folder: FolderNotice
  /** Within the transaction that stores what follows from that. */
  settleFolder(): void
  readonly watchList: WatchList
  readonly catalogue: Catalogue
  readonly records: RecordIndex
  readonly applier: ChangeApplier
  readonly keeper: DatabaseKeeper
  /** Rejects while the disk refuses: see `createDiskProbe`. */
  probeDisk(): Promise<void>
  /** The page file of a held record; null where none can be read. */
  readFile(record: HeldRecord): Promise<PageFile | null>
}

export interface CacheOptions {
  readonly database: Database
  readonly commits: GroupCommit
  readonly disk: Disk
  readonly folders: CacheFolders
  readonly watched: readonly string[]
  readonly clock: Clock
  readonly log: Log
  /** Within a transaction: see `ApplierParts`. */
  readonly wantTitles: ApplierParts['wantTitles']
}

/** Opens the cache; what a crash left on its way is cleared away. */
export const openCache = async (options: CacheOptions): Promise<Cache> => {
  const { database, commits, disk, folders, clock, log } = options
  await disk.remove(folders.temporary)
  const watchList = createWatchList(options.watched)
  const catalogue = createCatalogue(database, watchList)
  const records = createRecordIndex(database)
  const gateOf = createGates()
  const flush = new SharedFlush(disk.flushFolder)
  const files = createPageFiles(disk, flush, folders, commits.flushed)
  const renderer = createRecordRenderer(database, commits)
  const left = createLeftFiles({ disk, database, flush, folders, log })
  const databaseFiles = createDatabaseFiles({ disk, database, commits, flush, folders, renderer, left }, gateOf)
  const names = createPageNames(database)
  const folder = await noticeFolder(database, disk, folders, left)
  if (folder === 'begun anew') {
    log.warn(
      { folder: folders.root },
      'The record index is new, and the cache folder is not: what stands there is replaced as its pages come',
    )
  }
  await databaseFiles.finishRenamings().catch((error: unknown) => {
    log.warn({ error: errorText(error) }, 'A database could not be renamed; it is tried again with its next writing')
  })
  await noticeMissingFiles(database, databaseFiles)
  return {
    folder,
    settleFolder: () => {
      settleFolder(database)
    },
    watchList,
    catalogue,
    records,
    applier: createChangeApplier({
      database,
      catalogue,
      records,
      names,
      files,
      left,
      gateOf,
      now: clock.now,
      wantTitles: options.wantTitles,
    }),
    keeper: createDatabaseKeeper(databaseFiles, clock, log),
    probeDisk: createDiskProbe({ disk, database, commits, folders }),
    readFile: (record) =>
      gateOf(record.databaseId).shared(() => files.read(catalogue.namesOf(record.databaseId).folder, record.fileName)),
  }
}
