import type { Check, CheckName } from '../../../shared/diagnosis.ts'

/** No check takes longer: what has not answered by then is what a person came to hear of. */
export const CHECK_LIMIT_MS = 10_000

const SECONDS = CHECK_LIMIT_MS / 1000

export const LATE = `did not answer within ${SECONDS} s`

export const ok = (name: CheckName, message: string): Check => ({ name, outcome: 'ok', message })
export const notice = (name: CheckName, message: string): Check => ({ name, outcome: 'notice', message })
export const failed = (name: CheckName, message: string): Check => ({ name, outcome: 'failed', message })

/** `reason` goes on after "not checked: ", without a full stop. */
export const skipped = (name: CheckName, reason: string): Check => ({
  name,
  outcome: 'skipped',
  message: `not checked: ${reason}.`,
})
