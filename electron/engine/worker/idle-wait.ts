import type { Signal } from '../foundation/signal.ts'

export interface IdleParts {
  readonly openJobs: () => number
  readonly worker: { isResting(): boolean }
  readonly files: { flushNow(): Promise<void>; isSettled(): boolean }
  /** Notified whenever a job has ended or nothing was left to claim. */
  readonly changed: Signal
}

/** Waits until no job is open and every database file shows every change, or cannot. */
export const createIdleWait = ({ openJobs, worker, files, changed }: IdleParts): (() => Promise<void>) => {
  const isAtRest = (): boolean => openJobs() === 0 && worker.isResting()
  return async () => {
    for (;;) {
      const next = changed.next()
      if (isAtRest()) await files.flushNow()
      if (isAtRest() && files.isSettled()) return
      if (!isAtRest()) await next
    }
  }
}
