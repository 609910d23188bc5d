import type { BundleFile } from '../../../shared/diagnosis.ts'
import type { Clock } from '../foundation/clock.ts'
import { within } from '../foundation/deadline.ts'
import type { Disk } from '../foundation/disk.ts'
import { errorText } from '../foundation/errors.ts'
import { CHECK_LIMIT_MS, LATE } from './check.ts'
import { readLogTail } from './log-tail.ts'

export const jsonFile = (name: string, value: unknown): BundleFile => ({
  name,
  text: `${JSON.stringify(value, null, 2)}\n`,
})

/** The text, or, in its place, why there is none: a bundle is made when things go wrong. */
export const textFile = async (clock: Clock, name: string, read: () => Promise<string>): Promise<BundleFile> => ({
  name,
  text: await within(
    clock,
    CHECK_LIMIT_MS,
    () => read().catch((error: unknown) => `This could not be read: ${errorText(error)}.\n`),
    () => `What holds this ${LATE}.\n`,
  ),
})

export const logFile = (disk: Disk, clock: Clock, dataFolder: string): Promise<BundleFile> =>
  textFile(clock, 'log.txt', () => readLogTail(disk, dataFolder))
