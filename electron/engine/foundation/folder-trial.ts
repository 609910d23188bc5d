import { join } from 'node:path'
import type { Disk } from './disk.ts'

/** Makes sure that files can be created in a folder; nothing stays. Rejects with what the disk says. */
export const tryFolder = async (disk: Disk, folder: string): Promise<void> => {
  const trial = join(folder, '.blackcore-sync.probe')
  const file = await disk.createFile(trial)
  await file.close()
  await disk.remove(trial)
}
