import { basename, dirname, join } from 'node:path'
import type { NotionId } from '../../../shared/ids.ts'
import { parsedJson } from '../../../shared/json.ts'
import { type PageFile, pageFileSchema } from '../../../shared/records.ts'
import { writeWhole } from '../foundation/atomic-file.ts'
import type { Disk } from '../foundation/disk.ts'
import { errorCode } from '../foundation/errors.ts'
import type { SharedFlush } from '../foundation/shared-flush.ts'
import type { CacheFolders } from './folders.ts'

export interface PagePath {
  readonly folder: string
  readonly name: string
}

/** The page files on disk. Names are decided elsewhere; folders are given by name. */
export interface PageFiles {
  /** Returns when the whole file is durable in its place; before it is put there, what names it is. */
  write(pageId: NotionId, folder: string, name: string, file: PageFile): Promise<void>
  /**
   * Removes a file that the page does not use any more; nothing there is fine. A disk that folds case may show the
   * used file under the other's spelling: that one stays.
   */
  removeUnused(unused: PagePath, used: PagePath): Promise<void>
  /** Moves a file to the trash; false where there was none. */
  moveToTrash(folder: string, name: string, trashName: string): Promise<boolean>
  removeFromTrash(trashName: string): Promise<void>
  /** The file as we wrote it; null where it is missing, or no longer has a page file's shape. */
  read(folder: string, name: string): Promise<PageFile | null>
}

/** A page file as we write it; null where none is, or something else. */
export const readPageFile = async (disk: Disk, path: string): Promise<PageFile | null> => {
  if ((await disk.facts(path)) === null) return null
  return pageFileSchema.safeParse(parsedJson(await disk.readText(path))).data ?? null
}

/** `namesFlushed` resolves when the claims on file names that were committed are on the disk. */
export const createPageFiles = (
  disk: Disk,
  flush: SharedFlush,
  folders: CacheFolders,
  namesFlushed: () => Promise<void>,
): PageFiles => {
  const made = new Set<string>()

  const pathOf = ({ folder, name }: PagePath): string => join(folders.pages, folder, name)

  const makeFolder = async (path: string): Promise<void> => {
    if (made.has(path)) return
    await disk.makeFolder(path)
    await flush.flush(dirname(path))
    made.add(path)
  }

  /** A person may have removed folders that we made: they are made anew, and the work is done once more. */
  const inFolders = async (paths: readonly string[], work: () => Promise<void>): Promise<void> => {
    for (const path of paths) await makeFolder(path)
    try {
      await work()
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      for (const path of paths) made.delete(path)
      for (const path of paths) await makeFolder(path)
      await work()
    }
  }

  return {
    write: async (pageId, folder, name, file) => {
      const target = join(folders.pages, folder)
      const temporary = join(folders.temporary, `${pageId}.page`)
      await inFolders([folders.temporary, folders.pages, target], async () => {
        // Both ends are awaited: a writing that was given up would go on in the file of the next one.
        const ends = await Promise.allSettled([
          writeWhole(disk, temporary, [JSON.stringify(file, null, 2)]),
          namesFlushed(),
        ])
        for (const end of ends) if (end.status === 'rejected') throw end.reason
        await disk.rename(temporary, join(target, name))
        await flush.flush(target)
      })
    },
    removeUnused: async (unused, used) => {
      const path = pathOf(unused)
      const found = await disk.facts(path)
      if (found === null || found.inode === (await disk.facts(pathOf(used)))?.inode) return
      await disk.remove(path)
      await flush.flush(dirname(path))
    },
    moveToTrash: async (folder, name, trashName) => {
      const from = join(folders.pages, folder, name)
      if ((await disk.facts(from)) === null) return false
      await namesFlushed()
      await inFolders([folders.trash], () => disk.rename(from, join(folders.trash, basename(trashName))))
      await Promise.all([flush.flush(folders.trash), flush.flush(join(folders.pages, folder))])
      return true
    },
    removeFromTrash: async (trashName) => {
      const path = join(folders.trash, basename(trashName))
      if ((await disk.facts(path)) === null) return
      await disk.remove(path)
      await flush.flush(folders.trash)
    },
    read: (folder, name) => readPageFile(disk, pathOf({ folder, name })),
  }
}
