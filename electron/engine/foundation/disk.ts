import { randomUUID } from 'node:crypto'
import { accessSync, closeSync, constants, fdatasync, openSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemClock } from './clock.ts'
import { errorCode } from './errors.ts'

/** What tells one version of a file from another without reading it. Numbers as text: an inode does not fit a double. */
export interface FileFacts {
  readonly sizeBytes: number
  readonly modifiedNs: string
  readonly inode: string
}

export interface FileWriter {
  write(text: string): Promise<void>
  /** Returns when the bytes are on the disk. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** A file that somebody else of this process writes, held open to be flushed. */
export interface FileFlusher {
  /** Returns when all that was written to the file before the call is on the disk. */
  flush(): Promise<void>
  /** A flush that is under way still ends. */
  close(): void
}

/** The file system, as an argument: the one home of disk access, so that a test can make the nth call fail. */
export interface Disk {
  createFile(path: string): Promise<FileWriter>
  /** The file has to exist. */
  openFlusher(path: string): FileFlusher
  readText(path: string): Promise<string>
  /** Puts a small file in place that only this user can read. */
  writePrivate(path: string, text: string): Promise<void>
  /**
   * Puts a new file in place, whole, that only this user can read. False where something has that name already: it stays
   * as it is.
   */
  createPrivate(path: string, bytes: Uint8Array): Promise<boolean>
  /** What this user may still write to the disk of this folder, which has to exist. */
  freeBytes(folder: string): Promise<number>
  /**
   * Only this user can read the file from now on; where none is, an empty one is put. It is not opened: closing a file
   * drops the locks that SQLite has on it in this process. Where there are no rights to be had (the disk knows none, the
   * file is another user's), it stays as it is.
   */
  makePrivate(path: string): Promise<void>
  /** Null where nothing is. */
  facts(path: string): Promise<FileFacts | null>
  rename(from: string, to: string): Promise<void>
  /** Removes a file or a folder with all that is in it; nothing there is fine. */
  remove(path: string): Promise<void>
  /** Creates missing parents as well; an existing folder is fine. */
  makeFolder(path: string, mode?: number): Promise<void>
  /** Names in a folder; empty where it does not exist. */
  list(path: string): Promise<readonly string[]>
  /** Returns when the names in this folder are on the disk: a rename alone is not durable. */
  flushFolder(path: string): Promise<void>
}

/** Not text in UTF-8: what it holds cannot be shown, and must not be guessed. */
class NotUtf8Error extends Error {
  readonly code = 'ENCODING'
}

/** Reads a whole text file at once; for the start, before anything runs that could be held up. Refuses all but UTF-8. */
export const readTextNow = (path: string): string => {
  const bytes = readFileSync(path)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  throw new NotUtf8Error('the file is not text in UTF-8')
}

/** What this user may do with a file: read and write it, or not both; unreachable: nothing is there, or nothing that can be seen. */
export type FileAccess = 'full' | 'restricted' | 'folder' | 'unreachable'

/** It is not opened: see `makePrivate`. */
export const fileAccess = (path: string): FileAccess => {
  try {
    if (statSync(path).isDirectory()) return 'folder'
  } catch {
    return 'unreachable'
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return 'full'
  } catch {
    return 'restricted'
  }
}

/** Windows cannot open a folder for flushing; NTFS journals renames itself. */
const CANNOT_FLUSH_FOLDERS = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'])

const factsOf = (found: { size: bigint; mtimeNs: bigint; ino: bigint }): FileFacts => ({
  sizeBytes: Number(found.size),
  modifiedNs: String(found.mtimeNs),
  inode: String(found.ino),
})

const createFile = async (path: string): Promise<FileWriter> => {
  const handle = await open(path, 'w')
  return {
    write: async (text) => {
      await handle.writeFile(text)
    },
    flush: () => handle.sync(),
    close: () => handle.close(),
  }
}

const flushData = promisify(fdatasync)

const openFlusher = (path: string): FileFlusher => {
  // Windows flushes only what may be written to.
  const descriptor = openSync(path, 'r+')
  let running = 0
  let isClosed = false
  const closeIfUnused = (): void => {
    if (isClosed && running === 0) closeSync(descriptor)
  }
  return {
    flush: async () => {
      if (isClosed) throw new Error(`${path} is not held open any more`)
      running += 1
      try {
        await flushData(descriptor)
      } finally {
        running -= 1
        closeIfUnused()
      }
    },
    close: () => {
      isClosed = true
      closeIfUnused()
    },
  }
}

const flushFolder = async (path: string): Promise<void> => {
  try {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (process.platform === 'win32' && CANNOT_FLUSH_FOLDERS.has(errorCode(error) ?? '')) return
    throw error
  }
}

/** What Windows says of a file that Excel, an indexer or a virus scanner holds open at this moment. */
const HELD_OPEN = new Set(['EPERM', 'EBUSY', 'EACCES'])
const RENAME_AGAIN_MS = [20, 50, 100, 200, 400, 800]

/** A call that another program's hold on the file refuses is tried again for a second and a half; then it fails. */
export const againWhileHeldOpen = async (
  call: () => Promise<void>,
  sleep: (delayMs: number) => Promise<void>,
): Promise<void> => {
  for (const delayMs of RENAME_AGAIN_MS) {
    try {
      await call()
      return
    } catch (error) {
      if (!HELD_OPEN.has(errorCode(error) ?? '')) throw error
      await sleep(delayMs)
    }
  }
  await call()
}

const missingIs = async <T>(value: T, call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return value
    throw error
  }
}

const ONLY_THIS_USER = 0o600

/** What only Windows does: a test does it anywhere. */
export interface DiskSeams {
  readonly rename: (from: string, to: string) => Promise<void>
  readonly sleep: (delayMs: number) => Promise<void>
}

/** Puts a whole file in place that only this user can read. What could not be put is removed: it may be a secret. */
const putPrivate = async (
  renamed: Disk['rename'],
  path: string,
  temporary: string,
  content: string | Uint8Array,
): Promise<void> => {
  try {
    await writeFile(temporary, content, { mode: ONLY_THIS_USER, flush: true, flag: 'wx' })
    await renamed(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

const writePrivate = async (renamed: Disk['rename'], path: string, text: string): Promise<void> => {
  const temporary = `${path}.new`
  await rm(temporary, { force: true })
  await putPrivate(renamed, path, temporary, text)
}

/** The name is claimed first: a link would do both at once, and memory sticks know none. */
const createPrivate = async (renamed: Disk['rename'], path: string, bytes: Uint8Array): Promise<boolean> => {
  try {
    await writeFile(path, '', { mode: ONLY_THIS_USER, flag: 'wx' })
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
  try {
    await putPrivate(renamed, path, `${path}.${randomUUID()}.new`, bytes)
    return true
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

const NO_RIGHTS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EROFS'])

const makePrivate = async (path: string): Promise<void> => {
  try {
    await chmod(path, ONLY_THIS_USER)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') await writeFile(path, '', { mode: ONLY_THIS_USER, flag: 'a' })
    else if (!NO_RIGHTS.has(errorCode(error) ?? '')) throw error
  }
}

export const createSystemDisk = (seams: DiskSeams): Disk => {
  const renamed = (from: string, to: string): Promise<void> =>
    againWhileHeldOpen(() => seams.rename(from, to), seams.sleep)
  return {
    createFile,
    openFlusher,
    readText: (path) => readFile(path, 'utf8'),
    writePrivate: (path, text) => writePrivate(renamed, path, text),
    createPrivate: (path, bytes) => createPrivate(renamed, path, bytes),
    freeBytes: async (folder) => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
    makePrivate,
    facts: (path) => missingIs<FileFacts | null>(null, async () => factsOf(await stat(path, { bigint: true }))),
    rename: renamed,
    remove: (path) => rm(path, { recursive: true, force: true }),
    makeFolder: async (path, mode) => {
      await mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) })
    },
    list: (path) => missingIs<readonly string[]>([], () => readdir(path)),
    flushFolder,
  }
}

export const systemDisk: Disk = createSystemDisk({ rename, sleep: systemClock.sleep })
