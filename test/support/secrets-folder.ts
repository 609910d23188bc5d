import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { systemDisk } from '../../electron/engine/foundation/disk.ts'
import { StartError } from '../../electron/engine/foundation/errors.ts'
import {
  openSecretStore,
  type PairedSecret,
  SECRETS_FILE,
  type SecretStoreOptions,
} from '../../electron/engine/settings/secret-store.ts'
import { madeSecret } from './settings-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const PASSPHRASE = 'a passphrase that nobody guesses'

export const paired = (): PairedSecret => ({
  secret: madeSecret(),
  workspace_id: '0b8c4d56-1111-4a4a-8b8b-000000000001',
})

/** A data folder; what lies in it, and the store on it. */
export const secretsFolder = () => {
  const folder = temporaryFolder()
  const path = join(folder, SECRETS_FILE)
  const open = (passphrase: string | null = null, changes: Partial<SecretStoreOptions> = {}) =>
    openSecretStore({ disk: systemDisk, dataFolder: folder, passphrase, ...changes })
  return {
    path,
    open,
    text: (): string => readFileSync(path, 'utf8'),
    names: (): readonly string[] => readdirSync(folder),
    /** What ends an opening; it has to leave the file as it is. */
    refusal: async (passphrase: string | null = null): Promise<StartError> => {
      const before = { text: readFileSync(path), names: readdirSync(folder), facts: await systemDisk.facts(path) }
      const error = await open(passphrase).then(
        () => null,
        (reason: unknown) => reason,
      )
      expect({ text: readFileSync(path), names: readdirSync(folder), facts: await systemDisk.facts(path) }).toEqual(
        before,
      )
      if (!(error instanceof StartError)) throw new Error('It was opened, or ended in another way', { cause: error })
      expect([error.code, error.exitCode]).toEqual(['secrets-unusable', 2])
      expect(error.message).toMatch(/^The secrets file \S+ [^\n]*\.$/)
      expect(error.message).toContain(path)
      return error
    },
  }
}
