import { type Disk, type FileWriter, systemDisk } from '../../electron/engine/foundation/disk.ts'

/**
 * A disk that asks before each call: `before` gets the name of the call and its path (that of the new place, for a
 * rename), and breaks it by throwing. What was done before stays done.
 */
export const createBreakingDisk = (disk: Disk, before: (call: string, path: string) => void): Disk => {
  const breakingFile = (file: FileWriter, path: string): FileWriter => ({
    write: async (text) => {
      before('write', path)
      await file.write(text)
    },
    flush: async () => {
      before('flush', path)
      await file.flush()
    },
    close: () => file.close(),
  })
  return {
    createFile: async (path) => {
      before('createFile', path)
      return breakingFile(await disk.createFile(path), path)
    },
    openFlusher: (path) => {
      const flusher = disk.openFlusher(path)
      return {
        flush: async () => {
          before('flush', path)
          await flusher.flush()
        },
        close: flusher.close,
      }
    },
    readText: async (path) => {
      before('readText', path)
      return disk.readText(path)
    },
    writePrivate: async (path, text) => {
      before('writePrivate', path)
      await disk.writePrivate(path, text)
    },
    createPrivate: async (path, bytes) => {
      before('createPrivate', path)
      return disk.createPrivate(path, bytes)
    },
    freeBytes: async (path) => {
      before('freeBytes', path)
      return disk.freeBytes(path)
    },
    makePrivate: async (path) => {
      before('makePrivate', path)
      await disk.makePrivate(path)
    },
    facts: async (path) => {
      before('facts', path)
      return disk.facts(path)
    },
    rename: async (from, to) => {
      before('rename', to)
      await disk.rename(from, to)
    },
    remove: async (path) => {
      before('remove', path)
      await disk.remove(path)
    },
    makeFolder: async (path) => {
      before('makeFolder', path)
      await disk.makeFolder(path)
    },
    list: async (path) => {
      before('list', path)
      return disk.list(path)
    },
    flushFolder: async (path) => {
      before('flushFolder', path)
      await disk.flushFolder(path)
    },
  }
}

const nothing = async (): Promise<void> => undefined

/** The system's disk without its flushes, for tests that end a process many times, and never the machine. */
export const unflushedDisk: Disk = {
  ...systemDisk,
  createFile: async (path) => ({ ...(await systemDisk.createFile(path)), flush: nothing }),
  openFlusher: () => ({ flush: nothing, close: () => undefined }),
  flushFolder: nothing,
}

const READS = new Set(['facts', 'freeBytes', 'readText', 'list'])

/** Whether a call changes what lies on the disk: a crash before one that does not is one before the next that does. */
export const isChange = (call: string): boolean => !READS.has(call)
