import { join } from 'node:path'
import { z } from 'zod'
import { parsedJson } from '../../../shared/json.ts'
import type { Disk } from '../foundation/disk.ts'
import { errorText, StartError } from '../foundation/errors.ts'
import { seal, type Sealed, sealedSchema, unseal } from './secret-cipher.ts'

/** A verification token that a person, or a proof, made the secret of a subscription. */
const pairedSchema = z.strictObject({ secret: z.string(), workspace_id: z.string().nullable() })

/** What was paired, the newest first: while one replaces another, both are valid. */
const secretsSchema = z.strictObject({ version: z.literal(1), webhook: z.array(pairedSchema).max(2).readonly() })

export type PairedSecret = Readonly<z.infer<typeof pairedSchema>>

/** The one place where secrets are kept that nobody wrote into the settings or the environment. */
export interface SecretStore {
  paired(): readonly PairedSecret[]
  /**
   * Resolves when the new state is on the disk; until then, and where it rejects, the old one holds (for this run: where
   * only the folder could not be flushed, the next start finds the new one). One call at a time.
   */
  keepPaired(paired: readonly PairedSecret[]): Promise<void>
}

export interface SecretStoreOptions {
  readonly disk: Disk
  readonly dataFolder: string
  /** BLACKCORE_SECRETS_KEY; null: the file is readable by this user, and by whoever copies it. */
  readonly passphrase: string | null
}

export const SECRETS_FILE = 'secrets.json'

const fileSchema = z.union([secretsSchema, z.strictObject({ version: z.literal(1), sealed: sealedSchema })])

type SecretsFile = z.infer<typeof fileSchema>

const EMPTY: z.infer<typeof secretsSchema> = { version: 1, webhook: [] }

const unusable = (path: string, what: string): StartError =>
  new StartError('secrets-unusable', `The secrets file ${path} ${what}`)

const parsedFile = (path: string, text: string): SecretsFile => {
  // Neither the parser's message nor the schema's is passed on: they would quote the file.
  const file = fileSchema.safeParse(parsedJson(text))
  if (file.success) return file.data
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

/** Rejects with a StartError where what is kept cannot be read: going on without would refuse every delivery. */
export const openSecretStore = async ({ disk, dataFolder, passphrase }: SecretStoreOptions): Promise<SecretStore> => {
  const path = join(dataFolder, SECRETS_FILE)

  const write = async (secrets: z.infer<typeof secretsSchema>): Promise<void> => {
    const plain = JSON.stringify(secrets)
    const text = passphrase === null ? plain : JSON.stringify({ version: 1, sealed: await seal(plain, passphrase) })
    await disk.writePrivate(path, text)
    await disk.flushFolder(dataFolder)
  }

  const read = async (): Promise<{ secrets: z.infer<typeof secretsSchema>; isSealed: boolean }> => {
    if ((await disk.facts(path)) === null) return { secrets: EMPTY, isSealed: true }
    const file = parsedFile(path, await disk.readText(path))
    if (!('sealed' in file)) return { secrets: file, isSealed: false }
    const inner = parsedFile(path, await opened(path, file.sealed, passphrase))
    if ('sealed' in inner) throw unusable(path, 'is not one of this program. Move it away, then pair again.')
    return { secrets: inner, isSealed: true }
  }

  const found = await read().catch((error: unknown) => {
    throw error instanceof StartError ? error : unusable(path, `cannot be read: ${errorText(error)}.`)
  })
  // A passphrase that was given later is meant for what is kept already.
  if (!found.isSealed && passphrase !== null) await write(found.secrets)
  let { secrets } = found

  return {
    paired: () => secrets.webhook,
    keepPaired: async (webhook) => {
      const next = { ...EMPTY, webhook: [...webhook] }
      await write(next)
      secrets = next
    },
  }
}
