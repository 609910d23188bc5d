import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Every file below the folder by its path within it, in order, with slashes. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .toSorted()
