import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { createBreakingCommits } from '../../support/breaking-commits.ts'
import { createBreakingDisk, isChange, unflushedDisk } from '../../support/breaking-disk.ts'
import { type CacheStage, newStage, openStage, type StageOptions } from '../../support/cache-stage.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { idNumber, PEOPLE, sourceFacts, TASKS, writeOf } from '../../support/page-builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const [PLAN, ANNA] = [idNumber(1), idNumber(2)]

const WATCHED = [TASKS, PEOPLE]

/** A stage with one page in Tasks and its database file written; the title has changed since at Notion. */
const renamedStage = async (title: string, options: StageOptions = {}) => {
  const stage = await newStage({ watched: WATCHED, ...options })
  await stage.carryOut(writeOf(PLAN, 'Plan'))
  await stage.databaseFiles.write(TASKS)
  await stage.commits.run(() => stage.cache.catalogue.learn([sourceFacts(TASKS, title)]))
  return stage
}

const filesOf = (stage: CacheStage): readonly string[] =>
  filesBelow(stage.folders.root).filter((name) => !name.startsWith('.tmp/'))

const namesOf = (stage: CacheStage) => stage.cache.catalogue.namesOf(TASKS)

test('folder and file get the new name, the file its new key, and the page is still found', async () => {
  const stage = await renamedStage('To do')
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(filesOf(stage)).toEqual(['pages/To do/Plan (00000001).json', 'to_do.json'])
  expect(namesOf(stage)).toEqual({ folder: 'To do', file: 'to_do.json' })
  expect(readFileSync(join(stage.folders.root, 'to_do.json'), 'utf8')).toMatch(/^\{\n {2}"To do": \[/)
  const record = stage.cache.records.record(PLAN)
  expect(record === null ? null : await stage.cache.readFile(record)).toMatchObject({ sync: { revision: 1 } })
})

test('a flush that fails after the new names are stored takes nothing back: the folder lies where the names say', async () => {
  let isRefusing = false
  const stage = await renamedStage('To do', {
    wrapCommits: (commits) => ({
      ...commits,
      run: async (work) => {
        const result = await commits.runQuick(work)
        if (isRefusing) throw new Error('EIO')
        return result
      },
    }),
  })
  isRefusing = true
  await stage.databaseFiles.write(TASKS).catch(() => undefined)
  expect(filesOf(stage)).toContain(`pages/${namesOf(stage).folder}/Plan (00000001).json`)
  isRefusing = false
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(filesOf(stage)).toEqual(['pages/To do/Plan (00000001).json', 'to_do.json'])
})

test('a title that differs in case only renames the folder, and keeps the file', async () => {
  const stage = await renamedStage('TASKS')
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(filesOf(stage)).toEqual(['pages/TASKS/Plan (00000001).json', 'tasks.json'])
})

test('a title that changes back before the renaming leaves everything where it is', async () => {
  const stage = await renamedStage('To do')
  await stage.commits.run(() => stage.cache.catalogue.learn([sourceFacts(TASKS, 'Tasks')]))
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(filesOf(stage)).toEqual(['pages/Tasks/Plan (00000001).json', 'tasks.json'])
})

test('a database without a page yet is renamed as well', async () => {
  const stage = await newStage({ watched: WATCHED })
  await stage.commits.run(() => stage.cache.catalogue.namesOf(TASKS))
  await stage.commits.run(() => stage.cache.catalogue.learn([sourceFacts(TASKS, 'To do')]))
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(namesOf(stage)).toEqual({ folder: 'To do', file: 'to_do.json' })
  expect(filesOf(stage)).toEqual(['to_do.json'])
})

describe('a name that is taken', () => {
  test('by a stranger’s folder: the old one stays', async () => {
    const stage = await renamedStage('To do')
    mkdirSync(join(stage.folders.pages, 'To do'))
    writeFileSync(join(stage.folders.pages, 'To do', 'mine.txt'), 'mine')
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(filesOf(stage)).toEqual(['pages/Tasks/Plan (00000001).json', 'pages/To do/mine.txt', 'to_do.json'])
    expect(namesOf(stage)).toEqual({ folder: 'Tasks', file: 'to_do.json' })
  })

  test('by a stranger’s file: the old one stays and gets the new key, the stranger’s is untouched', async () => {
    const stage = await renamedStage('To do')
    writeFileSync(join(stage.folders.root, 'to_do.json'), 'mine')
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(readFileSync(join(stage.folders.root, 'to_do.json'), 'utf8')).toBe('mine')
    expect(readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8')).toMatch(/^\{\n {2}"To do": \[/)
    expect(namesOf(stage)).toEqual({ folder: 'To do', file: 'tasks.json' })
  })

  test('under a spelling that some disks fold and this one does not: the stranger’s is untouched', async () => {
    const stage = await newStage({ watched: WATCHED })
    await stage.commits.run(() => stage.cache.catalogue.learn([sourceFacts(TASKS, 'Straße')]))
    await stage.carryOut(writeOf(PLAN, 'Plan'))
    await stage.databaseFiles.write(TASKS)
    await stage.commits.run(() => stage.cache.catalogue.learn([sourceFacts(TASKS, 'Strasse')]))
    writeFileSync(join(stage.folders.root, 'strasse.json'), 'mine')
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(readFileSync(join(stage.folders.root, 'strasse.json'), 'utf8')).toBe('mine')
  })
})

test('a file that a person changed stays under its old name, and ours is written under the new one', async () => {
  const stage = await renamedStage('To do')
  writeFileSync(join(stage.folders.root, 'tasks.json'), '{"Tasks": ["mine"]}')
  expect(await stage.databaseFiles.write(TASKS)).toBe('written')
  expect(filesOf(stage)).toEqual(['pages/To do/Plan (00000001).json', 'tasks.json', 'to_do.json'])
  expect(readFileSync(join(stage.folders.root, 'tasks.json'), 'utf8')).toBe('{"Tasks": ["mine"]}')
})

test('page files are kept out of the folder while it is renamed', async () => {
  const order: string[] = []
  const held = Promise.withResolvers<undefined>()
  const reached = Promise.withResolvers<undefined>()
  const disk = {
    ...systemDisk,
    rename: async (from: string, to: string) => {
      if (to.endsWith('To do')) {
        reached.resolve(undefined)
        await held.promise
        order.push('folder renamed')
      }
      await systemDisk.rename(from, to)
      if (to.includes('Anna')) order.push('page written')
    },
  }
  const stage = await renamedStage('To do', { disk })
  const keeping = stage.cache.keeper.flushNow()
  await reached.promise
  const writing = stage.carryOut(writeOf(ANNA, 'Anna'))
  held.resolve(undefined)
  await Promise.all([keeping, writing])
  expect(order).toEqual(['folder renamed', 'page written'])
  expect(filesBelow(stage.folders.pages)).toEqual(['To do/Anna (00000002).json', 'To do/Plan (00000001).json'])
})

/** Ends the process before the nth change of disk or database after `arm` was called. */
const crashAfterArming = () => {
  let left = Number.POSITIVE_INFINITY
  const step = (): void => {
    left -= 1
    if (left < 0) throw new Error('crash')
  }
  const options: StageOptions = {
    watched: WATCHED,
    disk: createBreakingDisk(unflushedDisk, (call) => {
      if (isChange(call)) step()
    }),
    wrapCommits: (commits) => createBreakingCommits(commits, step),
  }
  const arm = (changes: number): void => {
    left = changes
  }
  return { options, arm }
}

test('after a crash at any point the start ends the renaming, before a page file is looked for or written', async () => {
  const start = await renamedStage('To do')
  start.close()
  for (let changes = 0; ; changes += 1) {
    const folder = temporaryFolder()
    cpSync(start.folder, folder, { recursive: true })
    const crash = crashAfterArming()
    // Its own start has renamed nothing yet: the disk refuses the very first time.
    crash.arm(1)
    const first = await openStage(folder, crash.options)
    crash.arm(changes)
    const isDone = (await first.databaseFiles.write(TASKS).catch(() => 'crash')) === 'written'
    first.close()
    const stage = await openStage(folder, { watched: WATCHED })
    expect(stage.log.lines).toEqual([])
    const record = stage.cache.records.record(PLAN)
    expect(record === null ? null : await stage.cache.readFile(record), `crash after ${changes}`).not.toBeNull()
    await stage.carryOut(writeOf(ANNA, 'Anna'))
    await stage.carryOut(writeOf(PLAN, 'Launch', { revision: 2 }))
    expect(await stage.databaseFiles.write(TASKS)).toBe('written')
    expect(filesOf(stage), `crash after ${changes}`).toEqual([
      'pages/To do/Anna (00000002).json',
      'pages/To do/Launch (00000001).json',
      'to_do.json',
    ])
    stage.close()
    if (isDone) {
      expect(changes).toBeGreaterThan(8)
      return
    }
  }
})

test('a renaming that cannot be stored is taken back, so that pages are found under the name that is', async () => {
  const crash = crashAfterArming()
  const stage = await renamedStage('To do', crash.options)
  // The folder's renaming passes, everything after it is refused once.
  let isRefusing = true
  const disk = createBreakingDisk(systemDisk, (call) => {
    if (isRefusing && call === 'flushFolder') throw new Error('EIO')
  })
  stage.close()
  const again = await openStage(stage.folder, { watched: WATCHED, disk })
  expect(again.log.lines.map((line) => line.fields)).toEqual([{ error: 'EIO' }])
  expect(filesOf(again)).toEqual(['pages/Tasks/Plan (00000001).json', 'tasks.json'])
  isRefusing = false
  await again.carryOut(writeOf(ANNA, 'Anna'))
  await again.databaseFiles.write(TASKS)
  expect(filesOf(again)).toEqual(['pages/To do/Anna (00000002).json', 'pages/To do/Plan (00000001).json', 'to_do.json'])
})
