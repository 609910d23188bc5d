import { statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { SECRETS_FILE } from '../../../electron/engine/settings/secret-store.ts'
import { createBreakingDisk } from '../../support/breaking-disk.ts'
import { paired, PASSPHRASE, secretsFolder } from '../../support/secrets-folder.ts'
import { madeToken } from '../../support/settings-file.ts'

describe('a kept token', () => {
  test('is there again after a restart, beside what was paired, in a file that only this user can read', async () => {
    const { open, path, names } = secretsFolder()
    const store = await open()
    const [pair, token] = [paired(), madeToken()]
    expect([store.token('notion'), store.token('tunnel')]).toEqual([null, null])
    await store.keepToken('notion', token)
    await store.keepPaired([pair])
    await store.keepToken('tunnel', 'the-tunnel-token')
    for (const each of [store, await open()]) {
      expect([each.token('notion'), each.token('tunnel'), each.paired()]).toEqual([token, 'the-tunnel-token', [pair]])
    }
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(names()).toEqual([SECRETS_FILE])
  })

  test('is gone from the file once it is forgotten, and without any the file is one that older programs read', async () => {
    const { open, text } = secretsFolder()
    const store = await open()
    const pair = paired()
    await store.keepPaired([pair])
    const before = text()
    expect(JSON.parse(before)).toEqual({ version: 1, webhook: [pair] })
    await store.keepToken('tunnel', 'the-tunnel-token')
    expect(JSON.parse(text())).toEqual({
      version: 2,
      webhook: [pair],
      notion_token: null,
      tunnel_token: 'the-tunnel-token',
    })
    await store.keepToken('tunnel', null)
    expect(text()).toBe(before)
    expect((await open()).token('tunnel')).toBeNull()
  })

  test('is sealed with the rest', async () => {
    const { open, text } = secretsFolder()
    await (await open(PASSPHRASE)).keepToken('notion', 'the-notion-token')
    expect(text()).not.toContain('the-notion-token')
    expect((await open(PASSPHRASE)).token('notion')).toBe('the-notion-token')
  })

  test('and a pairing that are kept at the same moment are both kept', async () => {
    const { open } = secretsFolder()
    const store = await open()
    const pair = paired()
    await Promise.all([store.keepToken('notion', 'a'), store.keepPaired([pair]), store.keepToken('tunnel', 'b')])
    const again = await open()
    expect([again.token('notion'), again.token('tunnel'), again.paired()]).toEqual(['a', 'b', [pair]])
  })

  test('that the disk refuses is not in use, and does not keep the next one from being kept', async () => {
    const { open } = secretsFolder()
    let isFull = true
    const disk = createBreakingDisk(systemDisk, (call) => {
      if (isFull && call === 'writePrivate') throw new Error('no space left')
    })
    const store = await open(null, { disk })
    await expect(store.keepToken('notion', 'refused')).rejects.toThrow('no space left')
    expect(store.token('notion')).toBeNull()
    isFull = false
    await store.keepToken('notion', 'kept')
    expect((await open()).token('notion')).toBe('kept')
  })
})

test('every secret is told: those that are found, and a new one before it is written', async () => {
  const { open, text } = secretsFolder()
  const pair = paired()
  await (await open()).keepPaired([pair])
  await (await open()).keepToken('notion', 'the-notion-token')
  const told: { secret: string; isWritten: boolean }[] = []
  const learn = (secret: string): void => {
    told.push({ secret, isWritten: text().includes(secret) })
  }
  const store = await open(null, { learn })
  expect(told.map(({ secret }) => secret)).toEqual([pair.secret, 'the-notion-token'])
  await store.keepToken('tunnel', 'the-tunnel-token')
  expect(told).toContainEqual({ secret: 'the-tunnel-token', isWritten: false })
})
