import { isBusy, isDamage } from './database-errors.ts'
import { errorText, isOfTheDisk } from './errors.ts'

/** Why the disk keeps the engine from what it is asked for, after a colon, and what to do; null: the disk is no reason. */
export const refusedByDisk = (error: unknown): string | null => {
  if (!isOfTheDisk(error)) return null
  const said = errorText(error)
  if (isBusy(error)) {
    return `another program holds the queue's file locked (${said}). End that program, then try again.`
  }
  if (isDamage(error)) {
    return `the queue's file is damaged (${said}). Check the disk, then stop this program and start it again: a damaged file is set aside, never deleted.`
  }
  return `the disk refuses (${said}). Check its space and its permissions, then try again.`
}
