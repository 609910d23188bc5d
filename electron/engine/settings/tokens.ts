import type { TokenCalls } from '../../../shared/bridge.ts'
import type { TokenName } from '../../../shared/tokens.ts'
import { createTokenCalls } from './kept-token.ts'
import { type LoadedSettings, SettingsError } from './load.ts'
import { openSecretStore, type SecretStore, type SecretStoreOptions } from './secret-store.ts'

/** What gives a token here, as a message begins: the settings with their line, the environment, or the secrets file. */
export interface TokenInUse {
  readonly token: string
  readonly from: string
}

type Loaded = Pick<LoadedSettings, 'tokens' | 'where'>
type Kept = Pick<SecretStore, 'token'>

const IN_SETTINGS = { notion: 'notion.token', tunnel: 'tunnel.authtoken' } as const satisfies Record<TokenName, string>

/** The token in use: the settings (or the variable they name) win over the environment, and that over what is kept. */
export const tokenInUse = (name: TokenName, { tokens }: Pick<Loaded, 'tokens'>, store: Kept): TokenInUse | null => {
  const given = tokens[name]
  if (given !== null) return given
  const kept = store.token(name)
  return kept === null ? null : { token: kept, from: `the secrets file ("keep-token ${name}")` }
}

/** Notion's, for those who cannot do without; throws a SettingsError that says how to give one. */
export const needToken = (loaded: Loaded, store: Kept): string => {
  const inUse = tokenInUse('notion', loaded, store)
  if (inUse !== null) return inUse.token
  throw new SettingsError(
    `${loaded.where(IN_SETTINGS.notion)} has no value: set the environment variable NOTION_TOKEN (or the one that notion.token names), write the token itself as notion.token, or keep it with "npm run headless -- keep-token notion".`,
  )
}

interface OpenSecrets {
  readonly secrets: SecretStore
  readonly token: string
  readonly tokenCalls: TokenCalls
}

/** Opens the store and gives Notion's token with it: what is kept may be the only one. Rejects where there is none. */
export const openSecrets = async (options: SecretStoreOptions & { readonly loaded: Loaded }): Promise<OpenSecrets> => {
  const secrets = await openSecretStore(options)
  return { secrets, token: needToken(options.loaded, secrets), tokenCalls: createTokenCalls(secrets, options.loaded) }
}

/** ngrok's authtoken; null where none is given. */
export const tunnelToken = (loaded: Loaded, store: Kept): string | null =>
  tokenInUse('tunnel', loaded, store)?.token ?? null
