/** The variables of the process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The one place that reads the environment of the process; everyone else is handed it. */
export const systemEnvironment: Environment = process.env

/** What encrypts the secrets file; null: it is only this user's. An empty one counts as unset. */
export const secretsKeyIn = (environment: Environment): string | null => {
  const passphrase = environment['BLACKCORE_SECRETS_KEY'] ?? ''
  return passphrase === '' ? null : passphrase
}
