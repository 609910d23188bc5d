import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diskCheck, existingFolder } from '../../../electron/engine/diagnosis/disk-check.ts'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const GIGABYTE = 1024 ** 3

const checked = (free: Readonly<Record<string, number>>, tryWriting: () => Promise<void> = async () => undefined) => {
  const folders = Object.keys(free)
  const disk = { ...systemDisk, facts: systemDisk.facts, freeBytes: async (folder: string) => free[folder] ?? 0 }
  return diskCheck({ disk, clock: createManualClock(), folders, tryWriting })
}

test('the folder with the least room decides', async () => {
  const [data, cache] = [temporaryFolder(), temporaryFolder()]
  expect(await checked({ [data]: 20 * GIGABYTE, [cache]: 1.5 * GIGABYTE })).toEqual({
    check: { name: 'disk', outcome: 'ok', message: 'Files can be written, and 1.5 GB are free.' },
    isSilent: false,
  })
  const { check } = await checked({ [data]: 20 * GIGABYTE, [cache]: GIGABYTE / 4 })
  expect(check).toMatchObject({
    outcome: 'notice',
    message: expect.stringContaining(`Only 256 MB are free for ${cache}`),
  })
})

test('a disk that refuses is told in its own words', async () => {
  const { check } = await checked({ [temporaryFolder()]: GIGABYTE }, () =>
    Promise.reject(new Error('EROFS: read-only')),
  )
  expect(check).toMatchObject({
    outcome: 'failed',
    message: expect.stringMatching(/^Files cannot be written: EROFS: read-only\. Check the space and the permissions/),
  })
})

test('a disk that does not answer is waited for no longer than 10 s', async () => {
  const clock = createManualClock()
  const looked = diskCheck({
    disk: systemDisk,
    clock,
    folders: ['/x'],
    tryWriting: () => Promise.withResolvers<undefined>().promise,
  })
  clock.advance(9_999)
  expect(clock.dueTimes()).toHaveLength(1)
  clock.advance(1)
  expect(await looked).toEqual({
    check: {
      name: 'disk',
      outcome: 'failed',
      message: 'The disk of /x did not answer within 10 s. Check whether it is connected and healthy.',
    },
    isSilent: true,
  })
})

test('for a folder that nobody has made yet the next one above it counts', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'a'))
  writeFileSync(join(folder, 'file'), '')
  expect(await existingFolder(systemDisk, join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'))
  expect(await existingFolder(systemDisk, join(folder, 'a'))).toBe(join(folder, 'a'))
})
