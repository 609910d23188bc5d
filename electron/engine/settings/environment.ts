/** The variables of the process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The one place that reads the environment of the process; everyone else is handed it. */
export const systemEnvironment: Environment = process.env

/** What encrypts the secrets file; null: it is only this user's. An empty one counts as unset. */
export const secretsKeyIn = (environment: Environment): string | null => {
  const passphrase = environment['BLACKCORE_SECRETS_KEY'] ?? ''
  return passphrase === '' ? null : passphrase
}

/** A shorter one is struck out nowhere: where it is a word of our own, every message would be torn, and tell it. */
const SHORTEST_STRUCK_OUT = 12

/** The passphrase where it is to be struck out of what is shown; it is written nowhere by us. */
export const struckOutKeyIn = (environment: Environment): string | null => {
  const passphrase = secretsKeyIn(environment)
  return passphrase !== null && passphrase.length >= SHORTEST_STRUCK_OUT ? passphrase : null
}
