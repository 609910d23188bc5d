import { relative, sep } from 'node:path'
import type { EngineSeams } from '../../electron/engine/engine.ts'
import type { Disk } from '../../electron/engine/foundation/disk.ts'
import { createBreakingDisk, isChange } from './breaking-disk.ts'
import { type BeforeEffect, countedRequests } from './counted-requests.ts'

const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^\.tmp\/[^/]+\.page$/, 'new page file'],
  [/^\.tmp\/[^/]+\.database$/, 'new database file'],
  [/^\.tmp$/, 'temporary folder'],
  [/^pages\/[^/]+\/[^/]+$/, 'page file'],
  [/^pages\/[^/]+$/, 'page folder'],
  [/^pages$/, 'folder of page folders'],
  [/^\.trash\/[^/]+$/, 'trashed file'],
  [/^\.trash$/, 'trash'],
  [/^$/, 'cache folder'],
  [/^[^/]+\.json$/, 'database file'],
]

/** What a path is, whoever it belongs to. */
const placeOf = (path: string, cacheFolder: string): string => {
  if (path.endsWith('.db-wal')) return 'write-ahead log'
  const place = relative(cacheFolder, path).replaceAll(sep, '/')
  return PLACES.find(([pattern]) => pattern.test(place))?.[1] ?? 'other file'
}

/** Page files are written in halves, so that a process can end between them; database files come in parts anyway. */
const writingInHalves = (disk: Disk, beforeSecond: (path: string) => void): Disk => ({
  ...disk,
  createFile: async (path) => {
    const file = await disk.createFile(path)
    if (!path.endsWith('.page')) return file
    return {
      ...file,
      write: async (text) => {
        const half = text.length >>> 1
        await file.write(text.slice(0, half))
        beforeSecond(path)
        await file.write(text.slice(half))
      },
    }
  },
})

export interface AnnouncedEffects {
  readonly disk: Disk
  readonly cacheFolder: string
  readonly before: BeforeEffect
  /** Reads change nothing: announcing them is for faults, not for kills. */
  readonly withReads: boolean
}

/** The engine's three doors to the world, each effect announced by its name and what it is done to. */
export const announcedEffects = ({ disk, cacheFolder, before, withReads }: AnnouncedEffects): EngineSeams => {
  const announce = (call: string, path: string): void => {
    if (withReads || isChange(call)) before(`${call}: ${placeOf(path, cacheFolder)}`)
  }
  const inHalves = writingInHalves(disk, (path) => {
    announce('write on', path)
  })
  return {
    disk: createBreakingDisk(inHalves, announce),
    requests: (requests) => countedRequests(requests, before),
    beforeCommit: () => {
      before('commit')
    },
  }
}

/** `commit ×12, write: page file ×3`: in the order of first appearance. */
export const effectsText = (effects: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const effect of effects) counts.set(effect, (counts.get(effect) ?? 0) + 1)
  return [...counts].map(([effect, count]) => `${effect} ×${count}`).join(', ')
}
