import type { TokenCalls } from '../../../shared/bridge.ts'
import type { TokenName } from '../../../shared/tokens.ts'
import { startErrorOf } from '../foundation/errors.ts'
import { lockDataFolder } from '../foundation/storage.ts'
import type { LoadedSettings } from './load.ts'
import { refusalOf } from './refused-change.ts'
import { openSecretStore, type SecretStore, type SecretStoreOptions } from './secret-store.ts'

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
 * Keeps a token (null forgets it) where no engine runs; one that starts meanwhile is kept out by the folder's lock.
 * Rejects with a StartError where one runs all the same, or the folder or the file cannot be used.
 */
export const keepTokenAlone = async (
  options: SecretStoreOptions,
  name: TokenName,
  token: string | null,
): Promise<void> => {
  const lock = await lockDataFolder(options.disk, options.dataFolder)
  try {
    const store = await openSecretStore(options)
    if (token !== store.token(name)) await store.keepToken(name, token)
  } catch (error) {
    throw startErrorOf(error)
  } finally {
    lock.release()
  }
}
