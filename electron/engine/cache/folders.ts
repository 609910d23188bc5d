import { join } from 'node:path'

/** Where things lie in the cache folder. Only database files bear `.json` at its top: readers take each of those for one. */
export interface CacheFolders {
  readonly root: string
  readonly pages: string
  readonly trash: string
  /** Files on their way to their place; emptied at each start. Dot-folders are passed over by the readers. */
  readonly temporary: string
  readonly lock: string
}

export const cacheFolders = (root: string): CacheFolders => ({
  root,
  pages: join(root, 'pages'),
  trash: join(root, '.trash'),
  temporary: join(root, '.tmp'),
  lock: join(root, '.blackcore-sync.lock'),
})
