import { dirname } from 'node:path'
import type { Check } from '../../../shared/diagnosis.ts'
import type { Clock } from '../foundation/clock.ts'
import { within } from '../foundation/deadline.ts'
import type { Disk } from '../foundation/disk.ts'
import { errorText } from '../foundation/errors.ts'
import { CHECK_LIMIT_MS, failed, LATE, notice, ok } from './check.ts'

/** A queue of some days and its cache; below that a person should look before nothing can be written any more. */
const LITTLE_BYTES = 500 * 1024 * 1024

const MEGABYTE = 1024 * 1024

const sizeText = (bytes: number): string =>
  bytes < 1024 * MEGABYTE ? `${Math.floor(bytes / MEGABYTE)} MB` : `${(bytes / (1024 * MEGABYTE)).toFixed(1)} GB`

export interface DiskCheckParts {
  readonly disk: Disk
  readonly clock: Clock
  readonly folders: readonly string[]
  /** Rejects with what the disk says where files cannot be written. */
  readonly tryWriting: () => Promise<void>
}

/** A folder that an engine would make: what holds for the next one above it that exists holds for it. */
export const existingFolder = async (disk: Disk, folder: string): Promise<string> => {
  const above = dirname(folder)
  return above === folder || (await disk.facts(folder)) !== null ? folder : existingFolder(disk, above)
}

const freeText = (free: readonly { readonly folder: string; readonly bytes: number }[]): string => {
  const least = Math.min(...free.map(({ bytes }) => bytes))
  return `Files can be written, and ${sizeText(least)} are free.`
}

const look = async ({ disk, folders, tryWriting }: DiskCheckParts): Promise<Check> => {
  try {
    await tryWriting()
    const free = await Promise.all(
      folders.map(async (folder) => ({ folder, bytes: await disk.freeBytes(await existingFolder(disk, folder)) })),
    )
    const little = free.find(({ bytes }) => bytes < LITTLE_BYTES)
    return little === undefined
      ? ok('disk', freeText(free))
      : notice(
          'disk',
          `Only ${sizeText(little.bytes)} are free for ${little.folder}. Make room before nothing can be written.`,
        )
  } catch (error) {
    return failed(
      'disk',
      `Files cannot be written: ${errorText(error)}. Check the space and the permissions of ${folders.join(' and ')}.`,
    )
  }
}

/** Whether both folders can be written to, and how much is free. `isSilent`: the disk did not answer at all. */
export const diskCheck = (parts: DiskCheckParts): Promise<{ readonly check: Check; readonly isSilent: boolean }> =>
  within<{ readonly check: Check; readonly isSilent: boolean }>(
    parts.clock,
    CHECK_LIMIT_MS,
    async () => ({ check: await look(parts), isSilent: false }),
    () => {
      const message = `The disk of ${parts.folders.join(' or ')} ${LATE}. Check whether it is connected and healthy.`
      return { check: failed('disk', message), isSilent: true }
    },
  )
