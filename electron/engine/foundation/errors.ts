/** A broken machine or a wrong start, told in one sentence; `exitCode` is what the process ends with. */
export class StartError extends Error {
  readonly code: 'address-taken' | 'folder-unusable' | 'already-running' | 'database-unusable'
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

/** One line of plain text for any caught value; causes included, because fetch hides its reason there. */
export const errorText = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (${errorText(error.cause)})`
  return `${error.message}${cause}`
}
