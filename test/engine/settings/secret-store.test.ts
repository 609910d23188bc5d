import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { passphraseOpens, SECRETS_FILE } from '../../../electron/engine/settings/secret-store.ts'
import { createBreakingDisk } from '../../support/breaking-disk.ts'
import { sealCheaply } from '../../support/cheap-seal.ts'
import { paired, PASSPHRASE, secretsFolder } from '../../support/secrets-folder.ts'
import { madeSecret, madeToken } from '../../support/settings-file.ts'

describe('what was paired', () => {
  test('is there again after a restart, the newest first, in a file that only this user can read', async () => {
    const { open, path, names } = secretsFolder()
    const store = await open()
    expect(store.paired()).toEqual([])
    expect(existsSync(path)).toBe(false)
    const kept = [paired(), { ...paired(), workspace_id: null }]
    await store.keepPaired(kept)
    expect(store.paired()).toEqual(kept)
    expect((await open()).paired()).toEqual(kept)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    await store.keepPaired([kept[1]!])
    expect((await open()).paired()).toEqual([kept[1]])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(names()).toEqual([SECRETS_FILE])
  })

  test.skipIf(process.platform === 'win32')(
    'is this user’s alone again where the file came back with other rights',
    async () => {
      const { open, path } = secretsFolder()
      await (await open()).keepPaired([paired()])
      chmodSync(path, 0o644)
      await open()
      expect(statSync(path).mode & 0o777).toBe(0o600)
    },
  )

  test('is gone from the file once it is forgotten', async () => {
    const { open, text } = secretsFolder()
    const store = await open()
    const kept = paired()
    await store.keepPaired([kept])
    expect(text()).toContain(kept.secret)
    await store.keepPaired([])
    expect(text()).not.toContain(kept.secret)
    expect((await open()).paired()).toEqual([])
  })

  test('does not change with the list that was handed over', async () => {
    const { open } = secretsFolder()
    const store = await open()
    const list = [paired()]
    await store.keepPaired(list)
    list.push(paired())
    expect(store.paired()).toHaveLength(1)
  })
})

describe('with a passphrase', () => {
  test('nothing of what is kept stands in the file, and its passphrase opens it', async () => {
    const { open, text, path } = secretsFolder()
    const store = await open(PASSPHRASE)
    const kept = paired()
    await store.keepPaired([kept])
    for (const part of [kept.secret, kept.secret.slice(7), kept.workspace_id!, 'webhook', 'secret_', PASSPHRASE]) {
      expect(text()).not.toContain(part)
      expect(text()).not.toContain(Buffer.from(part).toString('base64').slice(0, -4))
    }
    expect((await open(PASSPHRASE)).paired()).toEqual([kept])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('that is another one, or missing, the start ends with one sentence that tells which', async () => {
    const { open, refusal } = secretsFolder()
    await (await open(PASSPHRASE)).keepPaired([paired()])
    expect((await refusal(null)).message).toMatch(/is encrypted: set BLACKCORE_SECRETS_KEY to its passphrase\.$/)
    const wrong = await refusal(`${PASSPHRASE}!`)
    expect(wrong.message).toMatch(/cannot be opened with BLACKCORE_SECRETS_KEY: it is another passphrase, or the file/)
    expect(wrong.message).not.toContain(PASSPHRASE)
  })

  test('that is given later, what is kept already is encrypted at once', async () => {
    const { open, text, refusal, names } = secretsFolder()
    const kept = paired()
    await (await open()).keepPaired([kept])
    expect(text()).toContain(kept.secret)
    const store = await open(PASSPHRASE)
    expect(store.paired()).toEqual([kept])
    expect(text()).not.toContain(kept.secret)
    expect(names()).toEqual([SECRETS_FILE])
    await refusal(null)
    expect((await open(PASSPHRASE)).paired()).toEqual([kept])
  })

  test('that is given later, a disk that refuses to encrypt ends the start, and what is kept stays readable', async () => {
    const { open } = secretsFolder()
    const kept = paired()
    await (await open()).keepPaired([kept])
    const disk = createBreakingDisk(systemDisk, (call) => {
      if (call === 'writePrivate') throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    })
    await expect(open(PASSPHRASE, { disk })).rejects.toThrow('no space left')
    expect((await open()).paired()).toEqual([kept])
  })
})

test('a file of a newer version is told as such, and left as it is', async () => {
  const { path, refusal } = secretsFolder()
  writeFileSync(path, JSON.stringify({ version: 3, webhook: [], notion_token: madeToken() }))
  const { message } = await refusal()
  expect(message).toMatch(/is of a newer version of this program\. Use that one\.$/)
  expect(message).not.toContain('ntn_')
})

describe('a file that is not ours to use is told, and left as it is:', () => {
  const whole = JSON.stringify({ version: 1, webhook: [{ secret: madeSecret(), workspace_id: null }] })

  test.each<[string, string]>([
    ['empty', ''],
    ['torn', whole.slice(0, -10)],
    ['of another program', '{"secrets":[]}'],
    ['no JSON', 'webhook: secret'],
    ['of version 2 without its tokens', whole.replace('"version":1', '"version":2')],
    ['with a field that we do not know', whole.replace('{', '{"later":true,')],
    ['with three secrets', JSON.stringify({ version: 1, webhook: Array(3).fill({ secret: 'a', workspace_id: null }) })],
    ['with a kept token that is none', whole.replace('1,', '2,"notion_token":"a b","tunnel_token":null,')],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s', async (_, content) => {
    for (const passphrase of [null, PASSPHRASE]) {
      const { path, refusal } = secretsFolder()
      writeFileSync(path, content)
      const { message } = await refusal(passphrase)
      expect(message).toMatch(/is not one of this program\. Move it away, then pair again\.$/)
      expect(message).not.toContain('secret_')
    }
  })

  test('sealed, but what is sealed is no secrets', async () => {
    for (const plain of ['{"version":1}', JSON.stringify({ version: 1, sealed: sealCheaply(whole, PASSPHRASE) })]) {
      const { path, refusal } = secretsFolder()
      writeFileSync(path, JSON.stringify({ version: 1, sealed: sealCheaply(plain, PASSPHRASE) }))
      expect((await refusal(PASSPHRASE)).message).toMatch(/is not one of this program\./)
    }
  })

  test('sealed with a cost that scrypt does not know', async () => {
    const { path, refusal } = secretsFolder()
    const sealed = sealCheaply(whole, PASSPHRASE)
    writeFileSync(path, JSON.stringify({ version: 1, sealed: { ...sealed, kdf: { ...sealed.kdf, N: 1_000 } } }))
    expect((await refusal(PASSPHRASE)).message).toMatch(/cannot be read: /)
  })
})

test('a file that the disk refuses to read ends the start with one sentence', async () => {
  const { open, path } = secretsFolder()
  await (await open()).keepPaired([paired()])
  const disk = createBreakingDisk(systemDisk, (call) => {
    if (call === 'readText') throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
  })
  await expect(open(null, { disk })).rejects.toMatchObject({
    code: 'secrets-unusable',
    exitCode: 2,
    message: `The secrets file ${path} cannot be read: EACCES: permission denied.`,
  })
})

test.each([null, PASSPHRASE])(
  'a disk that refuses the new state keeps the old one (passphrase: %s)',
  async (passphrase) => {
    const { open } = secretsFolder()
    let isFull = false
    const disk = createBreakingDisk(systemDisk, (call) => {
      if (isFull && call === 'writePrivate') throw new Error('no space left')
    })
    const store = await open(passphrase, { disk })
    const [old, next] = [paired(), paired()]
    await store.keepPaired([old])
    isFull = true
    await expect(store.keepPaired([next, old])).rejects.toThrow('no space left')
    await expect(store.keepPaired([])).rejects.toThrow('no space left')
    expect(store.paired()).toEqual([old])
    expect((await open(passphrase)).paired()).toEqual([old])
    isFull = false
    await store.keepPaired([next])
    expect((await open(passphrase)).paired()).toEqual([next])
  },
)

test('a new state is not believed before its name is on the disk as well', async () => {
  const { open } = secretsFolder()
  let isRefusing = true
  const disk = createBreakingDisk(systemDisk, (call) => {
    if (isRefusing && call === 'flushFolder') throw new Error('the disk refuses')
  })
  const store = await open(null, { disk })
  const kept = paired()
  await expect(store.keepPaired([kept])).rejects.toThrow('the disk refuses')
  expect(store.paired()).toEqual([])
  isRefusing = false
  await store.keepPaired([kept])
  expect(store.paired()).toEqual([kept])
})

test('whether a passphrase opens the file is told without a byte of it changed, and where that cannot be seen, so', async () => {
  const { open, path, text, names } = secretsFolder()
  const asked = async (passphrase: string) => {
    const before = [names(), existsSync(path) && text()]
    const answer = await passphraseOpens(systemDisk, dirname(path), passphrase)
    expect([names(), existsSync(path) && text()]).toEqual(before)
    return answer
  }
  expect(await asked(PASSPHRASE)).toBe('unknown')
  await (await open()).keepPaired([paired()])
  // Whoever opens the store with a passphrase encrypts it: here that would be beside an engine which has none.
  expect(await asked(PASSPHRASE)).toBe('unknown')
  await open(PASSPHRASE)
  expect([await asked(PASSPHRASE), await asked('another')]).toEqual(['yes', 'no'])
  writeFileSync(path, 'not ours')
  expect(await asked(PASSPHRASE)).toBe('unknown')
})
