import { HangingEngineError, NoEngineError, RefusedCallError } from './console/client.ts'
import { CommandError } from './console/commands.ts'
import { createRedactor, errorCode, type Redactor, StartError, useSystemProxy } from './engine/engine.ts'
import { systemEnvironment } from './engine/settings/environment.ts'
import { SettingsError } from './engine/settings/load.ts'
import { withoutSecrets } from './engine/settings/secrets.ts'

/** A command that was not written as it has to be. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Node's parser repeats a word that does not belong there. */
const STRAY_WORD = 'There is a word where only options belong (not repeated: it may be a secret)'

/** What Node's parser says of a command line, in one line. */
export const usageError = (error: unknown, usage: string): UsageError => {
  const isStrayWord = errorCode(error) === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
  const reason = isStrayWord ? STRAY_WORD : errorMessage(error).replaceAll('\n', ' ').replace(/\.$/, '')
  return new UsageError(`${reason}. ${usage}`)
}

const WRONG_INPUT = 2

/** The exit code and the one sentence for a person; null for what is a bug. */
export const explained = (error: unknown): { readonly exitCode: number; readonly sentence: string } | null => {
  if (
    [SettingsError, UsageError, CommandError, NoEngineError, HangingEngineError, RefusedCallError].some(
      (kind) => error instanceof kind,
    )
  ) {
    return { exitCode: WRONG_INPUT, sentence: errorMessage(error) }
  }
  return error instanceof StartError ? { exitCode: error.exitCode, sentence: error.message } : null
}

/**
 * Runs a command to its end and sets the exit code: 2 for wrong input, 3 where another engine runs, 1 for a bug.
 * What a person has to know goes to stderr as one sentence, without what the command taught the redactor.
 */
export const runProgram = async (main: (redactor: Redactor) => Promise<void>): Promise<void> => {
  // Whoever read the output has gone (a closed pipe): that is no reason to stop working.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const redactor = createRedactor()
  const endWith = (error: unknown): never => {
    const known = explained(error)
    const text = known?.sentence ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
    // A sentence may repeat what was typed, and that may be a token in the wrong place.
    process.stderr.write(`${withoutSecrets(redactor.redact(text))}\n`)
    process.exit(known?.exitCode ?? 1)
  }
  // Node would print the error of a crash as it is, with the secrets that it may hold.
  process.on('uncaughtException', endWith)
  try {
    useSystemProxy(systemEnvironment, redactor)
    await main(redactor)
  } catch (error) {
    endWith(error)
  }
}
