import type { Disk } from './disk.ts'

/**
 * Writes a whole file and flushes it, beside the place that it is meant for: renaming it there is the caller's, and the
 * flush of the folder too. A file that could not be finished is removed again.
 */
export const writeWhole = async (
  disk: Disk,
  path: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<void> => {
  try {
    const file = await disk.createFile(path)
    try {
      for await (const chunk of chunks) await file.write(chunk)
      await file.flush()
    } finally {
      await file.close()
    }
  } catch (error) {
    await disk.remove(path).catch(() => undefined)
    throw error
  }
}
