import type { Check } from '../../../shared/diagnosis.ts'
import { failed, ok, skipped } from './check.ts'

/** Beyond this, logs and times of events mislead whoever compares them. */
const TOLERATED_MS = 60_000

/** Takes how far this computer's clock is ahead of Notion's; null: no answer of Notion told its time. */
export const clockCheck = (aheadMs: number | null): Check => {
  if (aheadMs === null) return skipped('clock', 'Notion gave no answer that tells its time')
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  if (Math.abs(aheadMs) <= TOLERATED_MS) {
    return ok('clock', `This computer’s clock and Notion’s are ${seconds} s apart.`)
  }
  const side = aheadMs > 0 ? 'ahead of' : 'behind'
  return failed(
    'clock',
    `This computer’s clock is ${seconds} s ${side} Notion’s, so the times that are stored and logged are wrong (signatures are not affected). Let the system set its time from the network.`,
  )
}
