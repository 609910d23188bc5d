import { pino } from 'pino'

export type LogFields = Readonly<Record<string, unknown>>

/** Structured log lines. Known secrets never reach the output, wherever in a line they stand. */
export interface Log {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

const HIDDEN = '[hidden]'

/** Tokens as Notion and ngrok print them: hidden even when nobody told us that they are secret. */
const TOKEN_SHAPES = /\b(?:secret_[A-Za-z0-9]{20,200}|ntn_[A-Za-z0-9]{20,200})\b/g

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The forms in which a secret can stand in a line: as it is, in JSON, in JSON within JSON, in an address. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  inJson(secret),
  inJson(inJson(secret)),
  encodeURIComponent(secret.toWellFormed()),
]

/** Removes secrets from any text, in each of their forms. */
const createRedactor = (secrets: readonly (string | null)[]): ((text: string) => string) => {
  const known = secrets
    .filter((secret): secret is string => secret !== null && secret.length > 0)
    .flatMap(formsOf)
    .sort((a, b) => b.length - a.length)
  return (text) => {
    const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text)
    return withoutKnown.replace(TOKEN_SHAPES, HIDDEN)
  }
}

/** Writes JSON lines to the given sink (stderr in the programs). */
export const createLog = (
  write: (line: string) => void,
  secrets: readonly (string | null)[],
  level: 'info' | 'warn' = 'info',
): Log => {
  const redact = createRedactor(secrets)
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        write(redact(line))
      },
    },
  )
  return {
    info: (fields, message) => {
      logger.info(fields, message)
    },
    warn: (fields, message) => {
      logger.warn(fields, message)
    },
    error: (fields, message) => {
      logger.error(fields, message)
    },
  }
}
