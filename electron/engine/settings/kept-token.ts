import { join } from 'node:path'
import type { TokenCalls } from '../../../shared/bridge.ts'
import type { TokenName } from '../../../shared/tokens.ts'
import { startErrorOf } from '../foundation/errors.ts'
import { lockDataFolder } from '../foundation/storage.ts'
import type { LoadedSettings } from './load.ts'
import { refusalOf } from './refused-change.ts'
import { openSecretStore, SECRETS_FILE, type SecretStore, type SecretStoreOptions } from './secret-store.ts'

/** What people ask of the running engine: it goes on with the token that it was started with. */
export const createTokenCalls = (store: SecretStore, { tokens }: Pick<LoadedSettings, 'tokens'>): TokenCalls => ({
  'keep-token': async ({ name, token }) => ({
    refused: await refusalOf(async () => {
      await store.keepToken(name, token)
      return null
    }),
    given_by: tokens[name]?.from ?? null,
    is_encrypted: store.isEncrypted,
  }),
})

/**
 * Changes what is kept where no engine runs; one that starts meanwhile is kept out by the folder's lock.
 * Rejects with a StartError where one runs all the same, or the folder or the file cannot be used.
 */
const changeAlone = async <T>(options: SecretStoreOptions, change: (store: SecretStore) => Promise<T>): Promise<T> => {
  const lock = await lockDataFolder(options.disk, options.dataFolder)
  try {
    return await change(await openSecretStore(options))
  } catch (error) {
    throw startErrorOf(error)
  } finally {
    lock.release()
  }
}

/** Keeps a token where no engine runs; null forgets it. Rejects with a StartError where that cannot be done. */
export const keepTokenAlone = (options: SecretStoreOptions, name: TokenName, token: string | null): Promise<void> =>
  changeAlone(options, async (store) => {
    if (token !== store.token(name)) await store.keepToken(name, token)
  })

/**
 * Forgets every paired secret where no engine runs. False where none was kept: then no folder is made for it either.
 * Rejects with a StartError where it cannot be done.
 */
export const disconnectAlone = async (options: SecretStoreOptions): Promise<boolean> => {
  if ((await options.disk.facts(join(options.dataFolder, SECRETS_FILE))) === null) return false
  return changeAlone(options, async (store) => {
    if (store.paired().length === 0) return false
    await store.keepPaired([])
    return true
  })
}
