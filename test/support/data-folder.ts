import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ConsoleFile, consoleFilePath } from '../../electron/console/console-file.ts'
import { startConsole } from '../../electron/console/console.ts'
import { takeFileLock } from '../../electron/engine/foundation/file-lock.ts'
import type { CallHandlers } from '../../shared/bridge.ts'
import { consoleOptions, emptyCalls } from './console-options.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const TOKEN = 'a-token-that-only-this-user-can-read'

/** A data folder whose console file says this. */
export const dataFolderWith = (file: unknown): string => {
  const folder = temporaryFolder()
  writeFileSync(consoleFilePath(folder), typeof file === 'string' ? file : JSON.stringify(file))
  return folder
}

/** The same of an engine that runs: the folder is locked until the test ends. */
export const lockedFolderWith = (file: unknown): string => {
  const folder = dataFolderWith(file)
  const lock = takeFileLock(join(folder, 'engine.lock'))
  onTestFinished(() => lock?.release())
  return folder
}

/** A console over these calls, and the data folder by which commands find it; it stops with the test. */
export const startConsoleOn = async (
  calls: Partial<CallHandlers> = {},
  changes: Partial<ConsoleFile> = {},
): Promise<{ readonly url: string; readonly folder: string; stop(): Promise<void> }> => {
  const running = await startConsole(consoleOptions({ calls: emptyCalls(calls), token: TOKEN }))
  onTestFinished(running.stop)
  return { ...running, folder: lockedFolderWith({ url: running.url, token: TOKEN, pid: process.pid, ...changes }) }
}
