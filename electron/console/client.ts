import { type CallInput, type CallName, type CallOutput, CALLS } from '../../shared/bridge.ts'
import { consoleFilePath, consoleFileSchema, type ConsoleFile } from './console-file.ts'

/** No engine answers for this data folder. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError'
}

/** An engine runs, and does not answer in time. */
export class SilentEngineError extends Error {
  override readonly name = 'SilentEngineError'
}

export type Call = <Name extends CallName>(name: Name, input: CallInput<Name>) => Promise<CallOutput<Name>>

/** Throws a NoEngineError where there is none that can be read. */
export const readConsoleFile = (dataFolder: string, readText: (path: string) => string): ConsoleFile => {
  try {
    return consoleFileSchema.parse(JSON.parse(readText(consoleFilePath(dataFolder))))
  } catch (error) {
    throw new NoEngineError(`No Blackcore Sync is running with the data folder ${dataFolder}.`, { cause: error })
  }
}

/** A file that a killed engine left may name a port that another program has taken since. */
const outputOf = <Name extends CallName>(name: Name, text: string, url: string): CallOutput<Name> => {
  try {
    return CALLS[name].output.parse(JSON.parse(text)) as CallOutput<Name>
  } catch (error) {
    throw new NoEngineError(`What answers at ${url} is no Blackcore Sync of this version.`, { cause: error })
  }
}

/**
 * Speaks to the engine that runs on a data folder. Throws a NoEngineError where none answers; with a limit for each
 * answer, a SilentEngineError where it takes longer.
 */
export const connectConsole = (
  dataFolder: string,
  readText: (path: string) => string,
  limitMs: number | null = null,
): Call => {
  const { url, token } = readConsoleFile(dataFolder, readText)
  return async (name, input) => {
    let response: Response
    let text: string
    try {
      response = await fetch(`${url}/calls/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(input),
        signal: limitMs === null ? null : AbortSignal.timeout(limitMs),
      })
      text = await response.text()
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') {
        throw new SilentEngineError(`The Blackcore Sync with the data folder ${dataFolder} does not answer.`)
      }
      throw new NoEngineError(`No Blackcore Sync is running with the data folder ${dataFolder}.`, { cause: error })
    }
    if (!response.ok) throw new NoEngineError(`What answers at ${url} refuses the command (${response.status}).`)
    return outputOf(name, text, url)
  }
}

/** Asks what is answered at once. Null where no engine runs on the data folder; a limit as `connectConsole` has it. */
export const findEngine = async (
  dataFolder: string,
  readText: (path: string) => string,
  limitMs: number | null = null,
): Promise<Call | null> => {
  try {
    const call = connectConsole(dataFolder, readText, limitMs)
    await call('pairing', {})
    return call
  } catch (error) {
    if (error instanceof NoEngineError) return null
    throw error
  }
}
