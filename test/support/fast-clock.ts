import { type Clock, systemClock } from '../../electron/engine/foundation/clock.ts'

/**
 * Real time that runs so many times faster, from now on: minutes of backoff and of asking again cost a test a moment.
 * What the network and the disk need takes as long as ever, and looks that many times longer by this clock.
 */
export const createFastClock = (factor: number): Clock => {
  const startedAt = systemClock.now()
  const from = systemClock.monotonicMs()
  const monotonicMs = (): number => (systemClock.monotonicMs() - from) * factor
  return {
    monotonicMs,
    now: () => Math.round(startedAt + monotonicMs()),
    after: (delayMs, call) => systemClock.after(delayMs / factor, call),
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / factor, signal),
  }
}
