import { pathToFileURL } from 'node:url'
import { DamagedDatabaseError, isDamage, newerDatabase, unusableDatabase } from './database-errors.ts'
import { checkSound, reading, versionOf } from './database-reading.ts'
import type { StartError } from './errors.ts'

/**
 * damaged: opening it throws a DamagedDatabaseError · refused: opening it throws this · unseen: what a killed program
 * left in the write-ahead log counts, and cannot be read.
 */
export type DatabaseLook =
  | { readonly kind: 'usable' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'refused'; readonly error: StartError }
  | { readonly kind: 'unseen' }

export interface DatabaseLookOptions {
  /** The version that this program knows. */
  readonly known: number
  /** none: the write-ahead log is empty, or not there · with-index: `-shm` lies beside it. */
  readonly log: 'none' | 'with-index' | 'without-index'
  /** The file is looked through, as an opening would. */
  readonly isLookedThrough: boolean
}

/**
 * Neither of them lets SQLite write, or make a file, beside the database. With "immutable" the file is taken as it is,
 * without its log and without locks; with "readonly_shm" the log is read with an index in memory.
 */
const WAYS = { none: 'immutable', 'with-index': 'readonly_shm', 'without-index': 'immutable' } as const

/** What opening the file would come to; it has to exist, and nobody has it open. Nothing is written. */
export const lookAtDatabase = (path: string, { known, log, isLookedThrough }: DatabaseLookOptions): DatabaseLook => {
  try {
    return reading(new URL(`${pathToFileURL(path).href}?${WAYS[log]}=1`), (reader): DatabaseLook => {
      const version = versionOf(reader)
      if (version > known) return { kind: 'refused', error: newerDatabase(path, version, known) }
      if (log === 'without-index') return { kind: 'unseen' }
      if (isLookedThrough) checkSound(reader)
      return { kind: 'usable' }
    })
  } catch (error) {
    const isDamaged = error instanceof DamagedDatabaseError || isDamage(error)
    // What is damaged in the file may be whole in the log.
    if (isDamaged) return { kind: log === 'without-index' ? 'unseen' : 'damaged' }
    return { kind: 'refused', error: unusableDatabase(path, error) }
  }
}
