import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTextNow, systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('what is missing has no facts, no names, and is removed without complaint', async () => {
  const nowhere = join(temporaryFolder(), 'nowhere')
  expect(await systemDisk.facts(nowhere)).toBeNull()
  expect(await systemDisk.list(nowhere)).toEqual([])
  await systemDisk.remove(nowhere)
  await expect(systemDisk.readText(nowhere)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(systemDisk.flushFolder(nowhere)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('facts stay the same over a rename, and tell a rewritten file from the one before', async () => {
  const folder = temporaryFolder()
  const [from, to] = [join(folder, 'a'), join(folder, 'b')]
  writeFileSync(from, 'text')
  const before = await systemDisk.facts(from)
  await systemDisk.rename(from, to)
  expect(await systemDisk.facts(to)).toEqual(before)
  writeFileSync(join(folder, 'c'), 'text')
  await systemDisk.rename(join(folder, 'c'), to)
  expect(await systemDisk.facts(to)).not.toEqual(before)
})

test('a folder is made with its parents, may exist, and goes with all that is in it', async () => {
  const folder = temporaryFolder()
  const deep = join(folder, 'a', 'b')
  await systemDisk.makeFolder(deep)
  await systemDisk.makeFolder(deep)
  writeFileSync(join(deep, 'file'), '')
  await systemDisk.flushFolder(deep)
  expect(await systemDisk.list(deep)).toEqual(['file'])
  await systemDisk.remove(join(folder, 'a'))
  expect(await systemDisk.list(folder)).toEqual([])
})

test('a file is created anew, whatever was there', async () => {
  const path = join(temporaryFolder(), 'a')
  writeFileSync(path, 'something longer than what comes')
  const file = await systemDisk.createFile(path)
  await file.write('ä')
  await file.write('日')
  await file.flush()
  const facts = await file.facts()
  await file.close()
  expect(facts.sizeBytes).toBe(5)
  expect(readFileSync(path, 'utf8')).toBe('ä日')
  expect(await systemDisk.readText(path)).toBe(readTextNow(path))
})
