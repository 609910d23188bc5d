import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createDiskProbe } from '../../../electron/engine/cache/disk-probe.ts'
import { cacheFolders } from '../../../electron/engine/cache/folders.ts'
import { openDatabase } from '../../../electron/engine/foundation/database.ts'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { createGroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { MIGRATIONS } from '../../../electron/engine/queue/migrations.ts'
import { createBreakingDisk } from '../../support/breaking-disk.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** A probe of real folders; `refuses` names the effects that fail. */
const createRun = (refuses: ReadonlySet<string> = new Set()) => {
  const folder = temporaryFolder()
  const folders = cacheFolders(join(folder, 'cache'))
  const effects: string[] = []
  const before = (effect: string): void => {
    effects.push(effect)
    if (refuses.has(effect)) throw Object.assign(new Error(`ENOSPC: no space left, ${effect}`), { code: 'ENOSPC' })
  }
  const disk = createBreakingDisk(systemDisk, (call, path) => {
    before(path.endsWith('-wal') ? `${call} of the log` : call)
  })
  const database = openDatabase(join(folder, 'blackcore.db'), MIGRATIONS, {
    openFlusher: disk.openFlusher,
    beforeCommit: () => {
      before('commit')
    },
  })
  onTestFinished(database.close)
  const logBytes = async (): Promise<number> =>
    (await systemDisk.facts(join(folder, 'blackcore.db-wal')))?.sizeBytes ?? 0
  const probe = createDiskProbe({ disk, database, commits: createGroupCommit(database), folders })
  return { probe, effects, folders, database, logBytes }
}

const STEPS = ['makeFolder', 'createFile', 'write', 'flush', 'remove', 'commit', 'flush of the log']

test('A probe writes and flushes a file and a commit, and leaves nothing behind', async () => {
  const { probe, effects, folders, database, logBytes } = createRun()
  const before = await logBytes()
  await probe()
  await probe()
  expect(effects).toEqual([...STEPS, ...STEPS])
  expect(readdirSync(folders.temporary)).toEqual([])
  expect(await logBytes()).toBeGreaterThan(before)
  expect(database.sql('SELECT * FROM watched_title').all()).toEqual([])
})

test.each(STEPS)('A probe says what the disk says where it refuses: %s', async (step) => {
  const refuses = new Set([step])
  const { probe } = createRun(refuses)
  await expect(probe()).rejects.toMatchObject({ code: 'ENOSPC', message: expect.stringContaining(step) })
  refuses.clear()
  await expect(probe()).resolves.toBeUndefined()
})
