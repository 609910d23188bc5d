import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

const SOURCE_FOLDERS = ['electron', 'shared', 'renderer', 'test', 'scripts']

/** The source folders that this tree has. */
export const existingFolders = (root) => SOURCE_FOLDERS.filter((folder) => existsSync(path.join(root, folder)))

/** Every file in the source folders, as sorted paths relative to the root, with forward slashes. */
export const sourceFiles = (root) =>
  existingFolders(root)
    .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort()
