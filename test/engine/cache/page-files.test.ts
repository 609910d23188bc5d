import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolders } from '../../../electron/engine/cache/folders.ts'
import { createPageFiles } from '../../../electron/engine/cache/page-files.ts'
import { type Disk, systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { SharedFlush } from '../../../electron/engine/foundation/shared-flush.ts'
import { createBreakingDisk } from '../../support/breaking-disk.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { idNumber, writeOf } from '../../support/page-builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { until } from '../../support/until.ts'

const PLAN = idNumber(1)
const FILE = writeOf(PLAN, 'Plan “für” 日本').file

const pageFiles = (wrap: (disk: Disk) => Disk = (disk) => disk, namesFlushed = () => Promise.resolve()) => {
  const root = temporaryFolder()
  const disk = wrap(systemDisk)
  const folders = cacheFolders(root)
  return {
    root,
    folders,
    files: createPageFiles(disk, new SharedFlush(disk.flushFolder), folders, namesFlushed),
  }
}

test('a file is written whole, indented, non-ASCII raw, and can be read back', async () => {
  const { root, files } = pageFiles()
  await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
  expect(filesBelow(root)).toEqual(['pages/Tasks/Plan.json'])
  const text = readFileSync(join(root, 'pages/Tasks/Plan.json'), 'utf8')
  expect(text).toBe(JSON.stringify(FILE, null, 2))
  expect(text).toContain('“für” 日本')
  expect(await files.read('Tasks', 'Plan.json')).toEqual(FILE)
})

test('the file is flushed before it takes its place, and its place after', async () => {
  const calls: string[] = []
  const { root, files } = pageFiles((disk) =>
    createBreakingDisk(disk, (call, path) => calls.push(`${call} ${path.slice(root.length + 1)}`)),
  )
  await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
  const temporary = `.tmp/${PLAN}.page`
  expect(calls.slice(-5)).toEqual([
    `createFile ${temporary}`,
    `write ${temporary}`,
    `flush ${temporary}`,
    'rename pages/Tasks/Plan.json',
    'flushFolder pages/Tasks',
  ])
  const made = calls.slice(0, -5)
  expect(made.lastIndexOf('flushFolder ')).toBeGreaterThan(made.indexOf('makeFolder pages'))
  expect(made.lastIndexOf('flushFolder pages')).toBeGreaterThan(made.indexOf('makeFolder pages/Tasks'))
})

test('nothing is put under a name, nor moved to the trash, before the claims on names are on the disk', async () => {
  let claims = Promise.withResolvers<undefined>()
  const done: string[] = []
  const { root, files } = pageFiles(
    (disk) => createBreakingDisk(disk, (call) => done.push(call)),
    () => claims.promise,
  )
  const written = files.write(PLAN, 'Tasks', 'Plan.json', FILE)
  await until('the file is flushed', () => done.includes('flush'))
  await endOfTurn()
  expect(done).not.toContain('rename')
  claims.resolve(undefined)
  await written
  expect(filesBelow(root)).toEqual(['pages/Tasks/Plan.json'])

  claims = Promise.withResolvers<undefined>()
  const refused = expect(files.moveToTrash('Tasks', 'Plan.json', 'Plan.json')).rejects.toThrow('EIO')
  await until('the file is looked for', () => done.at(-1) === 'facts')
  await endOfTurn()
  expect(done.at(-1)).toBe('facts')
  claims.promise.catch(() => undefined)
  claims.reject(new Error('EIO'))
  await refused
  expect(filesBelow(root)).toEqual(['pages/Tasks/Plan.json'])
})

test('a writing is not given up when its claim fails: it would go on in the file of the next one', async () => {
  const written = Promise.withResolvers<undefined>()
  const { root, files } = pageFiles(
    (disk) => ({
      ...disk,
      createFile: async (path) => {
        const file = await disk.createFile(path)
        return {
          ...file,
          write: async (text) => {
            await written.promise
            await file.write(text)
          },
        }
      },
    }),
    () => Promise.reject(new Error('EIO')),
  )
  let isOver = false
  const refused = files.write(PLAN, 'Tasks', 'Plan.json', FILE).catch((error: unknown) => {
    isOver = true
    return error
  })
  await until('the file is begun', () => filesBelow(root).some((path) => path.endsWith('.page')))
  await endOfTurn()
  expect(isOver).toBe(false)
  written.resolve(undefined)
  expect(await refused).toMatchObject({ message: 'EIO' })
})

test('a file whose claim on its name cannot be brought to the disk is not put in place', async () => {
  const { root, files } = pageFiles(undefined, () => Promise.reject(new Error('EIO')))
  await expect(files.write(PLAN, 'Tasks', 'Plan.json', FILE)).rejects.toThrow('EIO')
  expect(filesBelow(root).filter((path) => path.startsWith('pages'))).toEqual([])
})

test('a write that fails leaves the file of before, and nothing beside it', async () => {
  for (const failing of ['createFile', 'write', 'flush', 'rename']) {
    let isFailing = false
    const { root, folders, files } = pageFiles((disk) =>
      createBreakingDisk(disk, (call) => {
        if (isFailing && call === failing) throw new Error(`${failing} failed`)
      }),
    )
    await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
    isFailing = true
    const second = files.write(PLAN, 'Tasks', 'Plan.json', writeOf(PLAN, 'New').file)
    await expect(second).rejects.toThrow(`${failing} failed`)
    expect(await files.read('Tasks', 'Plan.json')).toEqual(FILE)
    expect(filesBelow(folders.pages)).toEqual(['Tasks/Plan.json'])
    expect(filesBelow(root).filter((name) => name.endsWith('.json'))).toHaveLength(1)
  }
})

test('folders that a person removed are made anew', async () => {
  const { root, files } = pageFiles()
  await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
  for (const folder of ['pages/Tasks', 'pages', '.tmp']) {
    rmSync(join(root, folder), { recursive: true })
    await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
    expect(await files.read('Tasks', 'Plan.json')).toEqual(FILE)
  }
  await files.moveToTrash('Tasks', 'Plan.json', 'Plan.json')
  rmSync(join(root, '.trash'), { recursive: true })
  await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
  expect(await files.moveToTrash('Tasks', 'Plan.json', 'Plan.json')).toBe(true)
  expect(filesBelow(root)).toEqual(['.trash/Plan.json'])
})

test('a removed page’s file moves to the trash whole; where there is none nothing happens', async () => {
  const { root, files } = pageFiles()
  await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
  const text = readFileSync(join(root, 'pages/Tasks/Plan.json'), 'utf8')
  expect(await files.moveToTrash('Tasks', 'Plan.json', 'Plan.json')).toBe(true)
  expect(readFileSync(join(root, '.trash/Plan.json'), 'utf8')).toBe(text)
  expect(await files.moveToTrash('Tasks', 'Plan.json', 'Plan.json')).toBe(false)
  expect(await files.moveToTrash('Nowhere', 'Plan.json', 'Plan.json')).toBe(false)
  expect(filesBelow(root)).toEqual(['.trash/Plan.json'])
  await files.removeFromTrash('Plan.json')
  await files.removeFromTrash('Plan.json')
  expect(filesBelow(root)).toEqual([])
})

test('nothing outside the trash is removed from it, whatever the name says', async () => {
  const { root, files } = pageFiles()
  writeFileSync(join(root, 'tasks.json'), '{}')
  await files.removeFromTrash('../tasks.json')
  expect(existsSync(join(root, 'tasks.json'))).toBe(true)
})

test('a file that is used no more goes, and the going is durable', async () => {
  const calls: string[] = []
  const { root, files } = pageFiles((disk) => createBreakingDisk(disk, (call) => calls.push(call)))
  await files.write(PLAN, 'Tasks', 'Old.json', FILE)
  await files.write(PLAN, 'Tasks', 'New.json', FILE)
  await files.removeUnused({ folder: 'Tasks', name: 'Old.json' }, { folder: 'Tasks', name: 'New.json' })
  expect(calls.slice(-2)).toEqual(['remove', 'flushFolder'])
  expect(filesBelow(root)).toEqual(['pages/Tasks/New.json'])
  await files.removeUnused({ folder: 'Nowhere', name: 'Old.json' }, { folder: 'Tasks', name: 'New.json' })
})

test('on a disk that folds case, the used file is not removed under its other spelling', async () => {
  const { root, files } = pageFiles((disk) => ({
    ...disk,
    facts: (path) => disk.facts(path.replace('PLAN.json', 'Plan.json')),
    remove: (path) => disk.remove(path.replace('PLAN.json', 'Plan.json')),
  }))
  await files.write(PLAN, 'Tasks', 'Plan.json', FILE)
  await files.removeUnused({ folder: 'Tasks', name: 'PLAN.json' }, { folder: 'Tasks', name: 'Plan.json' })
  expect(filesBelow(root)).toEqual(['pages/Tasks/Plan.json'])
})

test('a file that is missing, torn or no page file reads as none', async () => {
  const { root, files } = pageFiles()
  mkdirSync(join(root, 'pages/Tasks'), { recursive: true })
  const path = join(root, 'pages/Tasks/Plan.json')
  expect(await files.read('Tasks', 'Plan.json')).toBeNull()
  for (const text of ['', '{"page":', '[]', '{"page": {"object": "page"}}']) {
    writeFileSync(path, text)
    expect(await files.read('Tasks', 'Plan.json')).toBeNull()
  }
  writeFileSync(path, JSON.stringify(FILE))
  renameSync(path, join(root, 'pages/Tasks/Other.json'))
  expect(await files.read('Tasks', 'Other.json')).toEqual(FILE)
})
