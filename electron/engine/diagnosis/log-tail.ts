import { join } from 'node:path'
import type { Disk } from '../foundation/disk.ts'

const LOG_NAME = 'blackcore-sync.log'

/** What tells of the last days, and can be sent by mail. */
const TAIL_CHARACTERS = 1024 * 1024

/** The newest lines of the log, whole ones: half a token would not be known for one. */
export const tailOf = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const tail = text.slice(text.length - limit)
  const lineEnd = tail.indexOf('\n')
  return lineEnd === -1 ? '' : tail.slice(lineEnd + 1)
}

/** The newest megabyte of the log files in a data folder; empty where there are none. */
export const readLogTail = async (disk: Disk, dataFolder: string): Promise<string> => {
  const folder = join(dataFolder, 'logs')
  const names = new Set(await disk.list(folder))
  let text = ''
  for (const name of [LOG_NAME, `${LOG_NAME}.1`]) {
    if (text.length < TAIL_CHARACTERS && names.has(name)) text = `${await disk.readText(join(folder, name))}${text}`
  }
  return tailOf(text, TAIL_CHARACTERS)
}
