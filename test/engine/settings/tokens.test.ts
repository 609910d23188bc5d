import { expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { type LoadedSettings, loadSettings, SettingsError } from '../../../electron/engine/settings/load.ts'
import { openSecretStore, type SecretStore } from '../../../electron/engine/settings/secret-store.ts'
import { needToken, openSecrets, tokenInUse, tunnelToken } from '../../../electron/engine/settings/tokens.ts'
import type { TokenName } from '../../../shared/tokens.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const VARIABLES = { notion: 'NOTION_TOKEN', tunnel: 'NGROK_AUTHTOKEN' } as const
const WRITTEN = { notion: 'notion: { token: written }', tunnel: 'tunnel: { authtoken: written }' } as const

const load = (more = '', environment: Readonly<Record<string, string>> = {}): LoadedSettings =>
  loadSettings({
    file: 'settings.yaml',
    cwd: '/',
    environment,
    readText: () => `webhook:\n  databases: [Tasks]\n${more}\n`,
  })

const storeIn = (dataFolder: string): Promise<SecretStore> =>
  openSecretStore({ disk: systemDisk, dataFolder, passphrase: null })

const storeWith = async (name: TokenName, token: string): Promise<SecretStore> => {
  const store = await storeIn(temporaryFolder())
  await store.keepToken(name, token)
  return store
}

test.each(['notion', 'tunnel'] as const)(
  'the settings win over the environment, and that over what is kept; each says where it is from: %s',
  async (name) => {
    const kept = await storeWith(name, 'kept')
    const environment = { [VARIABLES[name]]: 'from-environment' }
    expect(tokenInUse(name, load(WRITTEN[name], environment), kept)).toEqual({
      token: 'written',
      from: expect.stringMatching(/^settings\.yaml:3: (notion\.token|tunnel\.authtoken)$/),
    })
    expect(tokenInUse(name, load('', environment), kept)).toEqual({
      token: 'from-environment',
      from: `the environment variable ${VARIABLES[name]}`,
    })
    expect(tokenInUse(name, load(), kept)).toEqual({ token: 'kept', from: `the secrets file ("keep-token ${name}")` })
    await kept.keepToken(name, null)
    expect(tokenInUse(name, load(), kept)).toBeNull()
  },
)

test('one token is never taken for the other', async () => {
  expect(tunnelToken(load('', { NOTION_TOKEN: 'a' }), await storeWith('notion', 'b'))).toBeNull()
  expect(tunnelToken(load(), await storeWith('tunnel', 'b'))).toBe('b')
  expect(() => needToken(load('', { NGROK_AUTHTOKEN: 'a' }), { token: () => null })).toThrow(SettingsError)
})

test('a token that nobody gave is asked for in one sentence that names all ways to give it', () => {
  const rest =
    'has no value: set the environment variable NOTION_TOKEN (or the one that notion.token names), write the token itself as notion.token, or keep it with "npm run headless -- keep-token notion".'
  const none = { token: () => null }
  expect(() => needToken(load(), none)).toThrow(new SettingsError(`settings.yaml: notion.token (default) ${rest}`))
  expect(() => needToken(load('notion:\n  token: ${MINE}'), none)).toThrow(
    new SettingsError(`settings.yaml:4: notion.token ${rest}`),
  )
})

test('the store is opened together with the token that it keeps', async () => {
  const dataFolder = temporaryFolder()
  const options = { disk: systemDisk, dataFolder, passphrase: null, loaded: load() }
  await expect(openSecrets(options)).rejects.toThrow(SettingsError)
  await (await storeIn(dataFolder)).keepToken('notion', 'kept')
  expect((await openSecrets(options)).token).toBe('kept')
})
