import { type CallInput, type CallName, type CallOutput, callRefusalSchema, CALLS } from '../../shared/bridge.ts'
import { parsedJson } from '../../shared/json.ts'
import { isDataFolderLocked } from '../engine/engine.ts'
import { consoleFilePath, consoleFileSchema, type ConsoleFile } from './console-file.ts'

/** No engine answers for this data folder. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError'
}

/** An engine runs for this data folder, and does not answer. */
export class HangingEngineError extends Error {
  override readonly name = 'HangingEngineError'
}

/** The engine that runs could not do it: the message says why, and what to do. */
export class RefusedCallError extends Error {
  override readonly name = 'RefusedCallError'
}

/** The longest wait for an answer: a call that waits for something is answered with "not yet" before. */
export const ANSWER_LIMIT_MS = 30_000

const withinLimit = (): AbortSignal => AbortSignal.timeout(ANSWER_LIMIT_MS)

export type Call = <Name extends CallName>(name: Name, input: CallInput<Name>) => Promise<CallOutput<Name>>

const nobody = (dataFolder: string, cause?: unknown): NoEngineError =>
  new NoEngineError(`No Blackcore Sync is running with the data folder ${dataFolder}.`, { cause })

/** Throws a NoEngineError where there is none that can be read. */
export const readConsoleFile = (dataFolder: string, readText: (path: string) => string): ConsoleFile => {
  try {
    return consoleFileSchema.parse(JSON.parse(readText(consoleFilePath(dataFolder))))
  } catch (error) {
    throw nobody(dataFolder, error)
  }
}

/**
 * A killed engine leaves its console file, and another program may have its port since: what a call carries may be a
 * secret, so that nothing is sent where the data folder's lock is free.
 */
const refuseWithoutEngine = (dataFolder: string): void => {
  if (!isDataFolderLocked(dataFolder)) throw nobody(dataFolder)
}

/** An engine that is just starting has not written its own file yet: what it found may name another program's port. */
const outputOf = <Name extends CallName>(name: Name, text: string, url: string): CallOutput<Name> => {
  try {
    return CALLS[name].output.parse(JSON.parse(text)) as CallOutput<Name>
  } catch (error) {
    throw new NoEngineError(`What answers at ${url} is no Blackcore Sync of this version.`, { cause: error })
  }
}

const IS_FAILURE = 500

const refusalOf = (status: number, text: string, url: string): Error => {
  const refusal = callRefusalSchema.safeParse(parsedJson(text))
  return status >= IS_FAILURE && refusal.success
    ? new RefusedCallError(refusal.data.error)
    : new NoEngineError(`What answers at ${url} refuses the command (${status}).`)
}

/** What came instead of an answer: nothing in time, or no connection (any more). */
const silenceOf = (error: unknown, dataFolder: string): Error => {
  if (!(error instanceof DOMException) || error.name !== 'TimeoutError') {
    return nobody(dataFolder, error)
  }
  return new HangingEngineError(
    `The Blackcore Sync that runs with the data folder ${dataFolder} does not answer. Whether it does what was asked is not known: look with "jobs", or stop it and start it again.`,
    { cause: error },
  )
}

/**
 * Speaks to the engine that runs on a data folder. Throws a NoEngineError where none answers, a RefusedCallError where it
 * could not do what it was asked, a HangingEngineError where the limit ends before the answer has come, a StartError
 * where the folder's lock is none.
 */
export const connectConsole = (
  dataFolder: string,
  readText: (path: string) => string,
  limit: () => AbortSignal = withinLimit,
): Call => {
  const { url, token } = readConsoleFile(dataFolder, readText)
  refuseWithoutEngine(dataFolder)
  return async (name, input) => {
    refuseWithoutEngine(dataFolder)
    let response: Response
    let text: string
    try {
      response = await fetch(`${url}/calls/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(input),
        signal: limit(),
      })
      text = await response.text()
    } catch (error) {
      throw silenceOf(error, dataFolder)
    }
    if (!response.ok) throw refusalOf(response.status, text, url)
    return outputOf(name, text, url)
  }
}

/** Asks what is answered at once. Null where no engine runs on the data folder; a limit as `connectConsole` has it. */
export const findEngine = async (
  dataFolder: string,
  readText: (path: string) => string,
  limit: () => AbortSignal = withinLimit,
): Promise<Call | null> => {
  try {
    const call = connectConsole(dataFolder, readText, limit)
    await call('pairing', {})
    return call
  } catch (error) {
    if (error instanceof NoEngineError) return null
    throw error
  }
}
