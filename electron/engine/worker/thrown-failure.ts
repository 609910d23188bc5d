import type { Failure } from '../../../shared/failures.ts'
import { errorCode, errorText, isOfEverybodysDisk, isOfTheDisk } from '../foundation/errors.ts'

/** What helps, by the code; for all others, room and health. */
const ADVICE: Readonly<Record<string, string>> = {
  EROFS: 'Make it writable again.',
  EMFILE: 'Close other programs, or let this one have more files open.',
  ENFILE: 'Close other programs, or let the system have more files open.',
}

/** A fault of the disk may pass; anything else that was thrown is a bug, and a person should see it. */
export const failureOf = (error: unknown): Failure => {
  const code = errorCode(error)
  if (code === null || !isOfTheDisk(error)) {
    return { kind: 'permanent', code: 'internal', message: `Blackcore Sync has a fault: ${errorText(error)}` }
  }
  const refusal = `The disk refuses: ${errorText(error)}.`
  if (!isOfEverybodysDisk(error)) {
    return { kind: 'transient', code, message: `${refusal} Check its space and its permissions.` }
  }
  const advice = ADVICE[code] ?? 'Make room on it, and check its health.'
  return { kind: 'transient', code, message: `${refusal} ${advice}`, stops: 'disk' }
}
