import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { lockDataFolder } from '../../../electron/engine/foundation/storage.ts'
import { createTokenCalls, keepTokenAlone } from '../../../electron/engine/settings/kept-token.ts'
import type { LoadedSettings } from '../../../electron/engine/settings/load.ts'
import { SECRETS_FILE } from '../../../electron/engine/settings/secret-store.ts'
import { CALLS } from '../../../shared/bridge.ts'
import { createBreakingDisk } from '../../support/breaking-disk.ts'
import { secretsFolder } from '../../support/secrets-folder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const NOTHING_GIVEN: Pick<LoadedSettings, 'tokens'> = { tokens: { notion: null, tunnel: null } }

test('a token is kept and forgotten, and what gives one in its place is told', async () => {
  const { open } = secretsFolder()
  const store = await open()
  const given = { tokens: { notion: { token: 'given', from: 'settings.yaml:3: notion.token' }, tunnel: null } }
  const call = createTokenCalls(store, given)['keep-token']
  const notion = await call({ name: 'notion', token: 'kept' })
  expect(CALLS['keep-token'].output.parse(notion)).toEqual({
    refused: null,
    given_by: 'settings.yaml:3: notion.token',
    is_encrypted: false,
  })
  expect(await call({ name: 'tunnel', token: 'other' })).toEqual({
    refused: null,
    given_by: null,
    is_encrypted: false,
  })
  expect((await open()).token('notion')).toBe('kept')
  await call({ name: 'notion', token: null })
  const again = await open()
  expect([again.token('notion'), again.token('tunnel')]).toEqual([null, 'other'])
})

test('whether it lies there encrypted is told', async () => {
  const store = await secretsFolder().open('a passphrase')
  const answer = await createTokenCalls(store, NOTHING_GIVEN)['keep-token']({ name: 'notion', token: 'kept' })
  expect(answer).toMatchObject({ refused: null, is_encrypted: true })
})

test('a disk that refuses is told, and nothing is kept', async () => {
  const { open } = secretsFolder()
  const disk = createBreakingDisk(systemDisk, (call) => {
    if (call === 'writePrivate') throw new Error('no space left')
  })
  const store = await open(null, { disk })
  expect(await createTokenCalls(store, NOTHING_GIVEN)['keep-token']({ name: 'notion', token: 'kept' })).toEqual({
    refused: 'The disk refuses, and nothing was changed: no space left. Check its space, then repeat it.',
    given_by: null,
    is_encrypted: false,
  })
  expect(store.token('notion')).toBeNull()
})

test('the call takes nothing that has not the shape of a token', () => {
  const { input } = CALLS['keep-token']
  for (const token of ['', ' ', 'a b', 'a\n', '\u0007bell', 'x'.repeat(501), 'tök', undefined, 7]) {
    expect(input.safeParse({ name: 'notion', token }).success).toBe(false)
  }
  expect(input.safeParse({ name: 'webhook', token: 'a' }).success).toBe(false)
  expect(input.safeParse({ name: 'tunnel', token: 'x'.repeat(500) }).success).toBe(true)
})

test('without an engine it is kept in a folder that is made for it, which is free again afterwards', async () => {
  const dataFolder = join(temporaryFolder(), 'data')
  const options = { disk: systemDisk, dataFolder, passphrase: null }
  await keepTokenAlone(options, 'notion', null)
  expect(existsSync(join(dataFolder, SECRETS_FILE))).toBe(false)
  await keepTokenAlone(options, 'notion', 'kept')
  expect(readdirSync(dataFolder).toSorted()).toEqual(['engine.lock', SECRETS_FILE])
  await keepTokenAlone(options, 'tunnel', 'other')
  const { release } = await lockDataFolder(systemDisk, dataFolder)
  release()
})

test('a folder that an engine holds is left as it is', async () => {
  const { open, path } = secretsFolder()
  await (await open()).keepToken('notion', 'before')
  const dataFolder = join(path, '..')
  const lock = await lockDataFolder(systemDisk, dataFolder)
  const options = { disk: systemDisk, dataFolder, passphrase: null }
  await expect(keepTokenAlone(options, 'notion', 'after')).rejects.toMatchObject({ code: 'already-running' })
  expect((await open()).token('notion')).toBe('before')
  lock.release()
  await keepTokenAlone(options, 'notion', 'after')
  expect((await open()).token('notion')).toBe('after')
})

test('a file that cannot be used, or a disk that refuses, ends in one sentence and keeps no lock', async () => {
  const { path } = secretsFolder()
  const dataFolder = join(path, '..')
  writeFileSync(path, 'not ours')
  const options = { disk: systemDisk, dataFolder, passphrase: null }
  await expect(keepTokenAlone(options, 'notion', 'kept')).rejects.toMatchObject({ code: 'secrets-unusable' })
  const disk = createBreakingDisk(systemDisk, (call) => {
    if (call === 'writePrivate') throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  })
  await systemDisk.remove(path)
  await expect(keepTokenAlone({ ...options, disk }, 'notion', 'kept')).rejects.toMatchObject({
    code: 'folder-unusable',
    exitCode: 2,
  })
  const { release } = await lockDataFolder(systemDisk, dataFolder)
  release()
})
