/** A broken machine or a wrong start, told in one sentence; `exitCode` is what the process ends with. */
export class StartError extends Error {
  readonly code:
    | 'address-taken'
    | 'folder-unusable'
    | 'already-running'
    | 'database-unusable'
    | 'secrets-unusable'
    | 'proxy-unusable'
  readonly exitCode: 2 | 3

  constructor(code: StartError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StartError'
    this.code = code
    this.exitCode = code === 'already-running' ? 3 : 2
  }
}

/** The `code` that Node and SQLite put on their errors ("ENOSPC", "ERR_SQLITE_ERROR"); null for anything else. */
export const errorCode = (error: unknown): string | null => {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/**
 * Node's own codes (ERR_INVALID_ARG_TYPE) tell of a wrong call, and ours (settings) of what a person wrote; the disk's are
 * the system's (ENOSPC) and SQLite's.
 */
export const isOfTheDisk = (error: unknown): boolean => {
  const code = errorCode(error)
  return code !== null && (code === 'ERR_SQLITE_ERROR' || /^(?!ERR_)[A-Z]/.test(code))
}

/** SQLite's result code; null for anything else. The low byte is the code, what stands above it says more of the place. */
export const sqliteCode = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null

/** Full, read-only, broken, or out of what a process may hold open. */
const REFUSES_EVERYBODY: ReadonlySet<string | null> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'])

/** SQLite's result codes for a disk that fails (10) or is full (13). */
const SQLITE_REFUSED: ReadonlySet<number | null> = new Set([10, 13])

/** Whether the disk refuses whoever writes to it now; all other codes speak of one file or folder (EACCES). */
export const isOfEverybodysDisk = (error: unknown): boolean =>
  REFUSES_EVERYBODY.has(errorCode(error)) || SQLITE_REFUSED.has(sqliteCode(error))

/** OpenSSL's own: a place in memory, its code, its library, a function, the reason, a place in its sources. */
const OF_OPENSSL = /[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/

/**
 * The reason that OpenSSL gives, without the places that it puts around it, others each time; null for any other error. Node
 * does not always take it out of the text.
 */
export const opensslReason = (error: Error): string | null => {
  if ('library' in error && 'reason' in error && typeof error.reason === 'string') return error.reason
  return OF_OPENSSL.exec(error.message)?.[1] ?? null
}

const messageOf = (error: Error): string => {
  const reason = opensslReason(error)
  if (reason !== null) return reason
  if (error.message !== '') return error.message
  // Node's, where no address of a name could be reached.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(errorText).join(', ')
  return errorCode(error) ?? error.name
}

/** Errors are told so; who hides secrets has to know it. */
export const inOneLine = (text: string): string =>
  text
    .split(/[\n\r\v\f\u0085\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')

/** One line of plain text for any caught value; causes included, because fetch hides its reason there. */
export const errorText = (error: unknown): string => {
  if (!(error instanceof Error)) return inOneLine(String(error))
  const cause = error.cause === undefined ? '' : ` (${errorText(error.cause)})`
  return `${inOneLine(messageOf(error))}${cause}`
}

/** What ended a start, to be thrown on: a StartError where the disk is the reason, anything else as it is. */
export const startErrorOf = (error: unknown): Error => {
  if (error instanceof StartError || !isOfTheDisk(error))
    return error instanceof Error ? error : new Error(String(error))
  const message = `The disk refuses: ${errorText(error)}. Check its space and its permissions, then start again.`
  return new StartError('folder-unusable', message, error)
}
