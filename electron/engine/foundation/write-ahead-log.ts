import type { Disk, FileFlusher } from './disk.ts'

/**
 * Makes commits durable. SQLite hands each commit to the system as an appendix to its write-ahead log, in order; this
 * flushes the log beside the event loop, so that nothing stands still meanwhile.
 * (SQLite's own way, synchronous=FULL, makes the caller's thread wait for the disk at every commit.)
 */
export interface WriteAheadLog {
  /** Resolves when every commit that was made before this call is on the disk. */
  flush(): Promise<void>
  /** A flush failed, and none has gone through since: what was committed may not be on the disk. */
  isInDoubt(): boolean
  close(): void
}

/** `rewrite` brings all commits to the disk another way, or rejects. */
export const createWriteAheadLog = (
  path: string,
  openFlusher: Disk['openFlusher'],
  rewrite: () => Promise<void>,
): WriteAheadLog => {
  let flusher: FileFlusher | null = null
  let isInDoubt = false

  /** A system that could not write a page may take it for written from then on: flushing again would prove nothing. */
  const flush = async (): Promise<void> => {
    if (isInDoubt) {
      await rewrite()
      isInDoubt = false
      return
    }
    try {
      flusher ??= openFlusher(path)
      await flusher.flush()
    } catch (error) {
      isInDoubt = true
      throw error
    }
  }

  return {
    flush,
    isInDoubt: () => isInDoubt,
    close: () => {
      flusher?.close()
      flusher = null
    },
  }
}
