import type { Log, LogFields } from '../../electron/engine/foundation/log.ts'

interface LogLine {
  readonly level: keyof Log
  readonly fields: LogFields
  readonly message: string
}

/** A log that keeps its lines, for tests that read them and for those that want quiet. */
export const createRecordedLog = (): Log & { readonly lines: readonly LogLine[] } => {
  const lines: LogLine[] = []
  const at =
    (level: keyof Log) =>
    (fields: LogFields, message: string): void => {
      lines.push({ level, fields, message })
    }
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}
