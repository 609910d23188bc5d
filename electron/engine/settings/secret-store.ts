import { join } from 'node:path'
import { z } from 'zod'
import { parsedJson } from '../../../shared/json.ts'
import { keptTokenSchema, type TokenName } from '../../../shared/tokens.ts'
import type { Disk } from '../foundation/disk.ts'
import { errorText, StartError } from '../foundation/errors.ts'
import { seal, type Sealed, sealedSchema, unseal } from './secret-cipher.ts'

/** A verification token that a person, or a proof, made the secret of a subscription. */
const pairedSchema = z.strictObject({ secret: z.string(), workspace_id: z.string().nullable() })

/** What was paired, the newest first: while one replaces another, both are valid. */
const webhookSchema = z.array(pairedSchema).max(2).readonly()

/** A file without kept tokens: as all were written before there could be any, and as older programs can read it. */
const pairedOnlySchema = z.strictObject({ version: z.literal(1), webhook: webhookSchema })

const withTokensSchema = z.strictObject({
  version: z.literal(2),
  webhook: webhookSchema,
  notion_token: keptTokenSchema.nullable(),
  tunnel_token: keptTokenSchema.nullable(),
})

export type PairedSecret = Readonly<z.infer<typeof pairedSchema>>

/**
 * The one place where secrets are kept that nobody wrote into the settings or the environment: a file here, a keychain
 * where there is one.
 * A change resolves when the new state is on the disk; until then, and where it rejects, the old one holds (for this run:
 * where only the folder could not be flushed, the next start finds the new one). Changes are made one after another.
 */
export interface SecretStore {
  paired(): readonly PairedSecret[]
  keepPaired(paired: readonly PairedSecret[]): Promise<void>
  /** Null where none is kept; which one is in use is decided in `tokens.ts`. */
  token(name: TokenName): string | null
  /** Whether a passphrase encrypts what is kept. */
  readonly isEncrypted: boolean
  /** Null forgets it. */
  keepToken(name: TokenName, token: string | null): Promise<void>
}

export interface SecretStoreOptions {
  readonly disk: Disk
  readonly dataFolder: string
  /** BLACKCORE_SECRETS_KEY; null: the file is readable by this user, and by whoever copies it. */
  readonly passphrase: string | null
  /** Told of each secret that was found, and of each new one before it is written: whoever logs must know it first. */
  readonly learn?: ((secret: string) => void) | undefined
}

export const SECRETS_FILE = 'secrets.json'

const fileSchema = z.union([
  pairedOnlySchema,
  withTokensSchema,
  z.strictObject({ version: z.literal(1), sealed: sealedSchema }),
])

type SecretsFile = z.infer<typeof fileSchema>

const NEWEST_VERSION = 2

const newerSchema = z.looseObject({ version: z.int().min(NEWEST_VERSION + 1) })

interface Secrets {
  readonly webhook: readonly PairedSecret[]
  readonly tokens: Readonly<Record<TokenName, string | null>>
}

const NO_TOKENS: Secrets['tokens'] = { notion: null, tunnel: null }

const secretsOf = (file: Exclude<SecretsFile, { sealed: Sealed }>): Secrets => ({
  webhook: file.webhook,
  tokens: file.version === 1 ? NO_TOKENS : { notion: file.notion_token, tunnel: file.tunnel_token },
})

const textOf = ({ webhook, tokens }: Secrets): string => {
  const hasTokens = tokens.notion !== null || tokens.tunnel !== null
  const file: Exclude<SecretsFile, { sealed: Sealed }> = hasTokens
    ? { version: 2, webhook, notion_token: tokens.notion, tunnel_token: tokens.tunnel }
    : { version: 1, webhook }
  return JSON.stringify(file)
}

const allIn = ({ webhook, tokens }: Secrets): readonly string[] =>
  [...webhook.map(({ secret }) => secret), tokens.notion, tokens.tunnel].filter((secret) => secret !== null)

const unusable = (path: string, what: string): StartError =>
  new StartError('secrets-unusable', `The secrets file ${path} ${what}`)

const parsedFile = (path: string, text: string): SecretsFile => {
  // Neither the parser's message nor the schema's is passed on: they would quote the file.
  const json = parsedJson(text)
  const file = fileSchema.safeParse(json)
  if (file.success) return file.data
  if (newerSchema.safeParse(json).success) throw unusable(path, 'is of a newer version of this program. Use that one.')
  throw unusable(path, 'is not one of this program. Move it away, then pair again.')
}

const opened = async (path: string, sealed: Sealed, passphrase: string | null): Promise<string> => {
  if (passphrase === null) throw unusable(path, 'is encrypted: set BLACKCORE_SECRETS_KEY to its passphrase.')
  const plain = await unseal(sealed, passphrase)
  if (plain === null) {
    throw unusable(
      path,
      'cannot be opened with BLACKCORE_SECRETS_KEY: it is another passphrase, or the file was changed.',
    )
  }
  return plain
}

/**
 * Whether a passphrase opens what lies encrypted in the file of an engine that runs; unknown: nothing encrypted can be
 * read there. Writes nothing: the file is that engine's. "no" may also mean that the file was changed.
 */
export const passphraseOpens = async (
  disk: Disk,
  dataFolder: string,
  passphrase: string,
): Promise<'yes' | 'no' | 'unknown'> => {
  const path = join(dataFolder, SECRETS_FILE)
  try {
    const file = parsedFile(path, await disk.readText(path))
    if (!('sealed' in file)) return 'unknown'
    return (await unseal(file.sealed, passphrase)) === null ? 'no' : 'yes'
  } catch {
    // What was asked of the engine is done: nothing that is met here may look as if it were not.
    return 'unknown'
  }
}

/** Rejects with a StartError where what is kept cannot be read: going on without would refuse every delivery. */
export const openSecretStore = async (options: SecretStoreOptions): Promise<SecretStore> => {
  const { disk, dataFolder, passphrase } = options
  const path = join(dataFolder, SECRETS_FILE)

  const learn = (secrets: Secrets): void => {
    for (const secret of allIn(secrets)) options.learn?.(secret)
  }

  const write = async (secrets: Secrets): Promise<void> => {
    const plain = textOf(secrets)
    const text = passphrase === null ? plain : JSON.stringify({ version: 1, sealed: await seal(plain, passphrase) })
    await disk.writePrivate(path, text)
    await disk.flushFolder(dataFolder)
  }

  const read = async (): Promise<{ secrets: Secrets; isSealed: boolean }> => {
    if ((await disk.facts(path)) === null) return { secrets: { webhook: [], tokens: NO_TOKENS }, isSealed: true }
    // One that was restored, or copied by hand, has the rights that it came with.
    await disk.makePrivate(path)
    const file = parsedFile(path, await disk.readText(path))
    if (!('sealed' in file)) return { secrets: secretsOf(file), isSealed: false }
    const inner = parsedFile(path, await opened(path, file.sealed, passphrase))
    if ('sealed' in inner) throw unusable(path, 'is not one of this program. Move it away, then pair again.')
    return { secrets: secretsOf(inner), isSealed: true }
  }

  const found = await read().catch((error: unknown) => {
    throw error instanceof StartError ? error : unusable(path, `cannot be read: ${errorText(error)}.`)
  })
  learn(found.secrets)
  // A passphrase that was given later is meant for what is kept already.
  if (!found.isSealed && passphrase !== null) await write(found.secrets)
  let { secrets } = found
  let last: Promise<unknown> = Promise.resolve()

  /** Each change begins with what the one before left: a token kept while pairing ends must not undo the pairing. */
  const keep = (change: (kept: Secrets) => Secrets): Promise<void> => {
    const work = async (): Promise<void> => {
      const next = change(secrets)
      learn(next)
      await write(next)
      secrets = next
    }
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    isEncrypted: passphrase !== null,
    paired: () => secrets.webhook,
    keepPaired: (paired) => {
      const webhook = [...paired]
      return keep((kept) => ({ ...kept, webhook }))
    },
    token: (name) => secrets.tokens[name],
    keepToken: (name, token) => keep((kept) => ({ ...kept, tokens: { ...kept.tokens, [name]: token } })),
  }
}
