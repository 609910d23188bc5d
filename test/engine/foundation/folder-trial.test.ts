import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { tryFolder } from '../../../electron/engine/foundation/folder-trial.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('nothing stays of a trial, and a folder that cannot be one refuses', async () => {
  const folder = temporaryFolder()
  await tryFolder(systemDisk, folder)
  expect(readdirSync(folder)).toEqual([])
  writeFileSync(join(folder, 'file'), '')
  await expect(tryFolder(systemDisk, join(folder, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(tryFolder(systemDisk, join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' })
})
