import { pino } from 'pino'
import type { Redactor } from './redaction.ts'

export type LogFields = Readonly<Record<string, unknown>>

/** Structured log lines. What the redactor knows as a secret never reaches the output, wherever in a line they stand. */
export interface Log {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** Writes JSON lines to the given sink (stderr in the programs). */
export const createLog = (
  write: (line: string) => void,
  { redact }: Pick<Redactor, 'redact'>,
  level: 'info' | 'warn' = 'info',
): Log => {
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
