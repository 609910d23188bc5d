import { systemClock } from './clock.ts'
import type { Database } from './database.ts'

interface Waiting {
  readonly isDurable: boolean
  readonly run: () => void
  readonly settle: (error: unknown) => void
}

/**
 * Groups writes into commits, and makes many commits durable with one flush. Where nothing is going on, a write is
 * committed at the end of the turn; while a flush runs, writes gather for the commit after it: sooner, they would be on
 * the disk no sooner.
 */
export interface GroupCommit {
  /**
   * Runs `work` in the next commit; resolves with what it returned once that is on the disk.
   * `work` touches the database only: when a neighbour fails, all are rolled back and each runs again by itself.
   * Where the commit went through and its flush did not, this rejects and the work is done all the same: see
   * `isInDoubt`.
   */
  run<T>(work: () => T): Promise<T>
  /**
   * The same without waiting for the disk: survives the end of the process, and a power cut only once anything later
   * was flushed. For what is found out again at no loss.
   */
  runQuick<T>(work: () => T): Promise<T>
  /** Resolves when all that was committed before this call is on the disk. */
  flushed(): Promise<void>
  /** What was committed may not be on the disk: a flush failed, and none has gone through since. */
  isInDoubt(): boolean
  /** For how long the disk has been at the flush that is under way (ms); 0 while there is none. */
  flushingMs(): number
}

export const createGroupCommit = (database: Database, nowMs = systemClock.monotonicMs): GroupCommit => {
  let waiting: Waiting[] = []
  let waitingForFlush: ((error: unknown) => void)[] = []
  let isTurnPlanned = false
  let flushingSince: number | null = null

  const committed = (entry: Waiting): void => {
    if (entry.isDurable) waitingForFlush.push(entry.settle)
    else entry.settle(null)
  }

  const commitAlone = (entry: Waiting): void => {
    try {
      database.transaction(entry.run)
    } catch (error) {
      entry.settle(error)
      return
    }
    committed(entry)
  }

  const commit = (): void => {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    try {
      database.transaction(() => {
        for (const entry of batch) entry.run()
      })
    } catch (error) {
      if (batch.length > 1) for (const entry of batch) commitAlone(entry)
      else for (const entry of batch) entry.settle(error)
      return
    }
    for (const entry of batch) committed(entry)
  }

  const flush = (): void => {
    const served = waitingForFlush
    waitingForFlush = []
    if (served.length === 0) return
    flushingSince = nowMs()
    const tell = (error: unknown): void => {
      flushingSince = null
      for (const settle of served) settle(error)
      planTurn()
    }
    database.flush().then(() => {
      tell(null)
    }, tell)
  }

  function planTurn(): void {
    if (isTurnPlanned || flushingSince !== null || (waiting.length === 0 && waitingForFlush.length === 0)) return
    isTurnPlanned = true
    setImmediate(() => {
      isTurnPlanned = false
      commit()
      flush()
    })
  }

  const enqueue = <T>(work: () => T, isDurable: boolean): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      let result: { readonly value: T } | null = null
      waiting.push({
        isDurable,
        run: () => {
          result = { value: work() }
        },
        settle: (error) => {
          if (result !== null && error === null) resolve(result.value)
          else reject(error instanceof Error ? error : new Error('The commit failed', { cause: error }))
        },
      })
      planTurn()
    })

  return {
    run: (work) => enqueue(work, true),
    runQuick: (work) => enqueue(work, false),
    flushed: () =>
      new Promise((resolve, reject) => {
        waitingForFlush.push((error) => {
          if (error === null) resolve()
          else reject(error instanceof Error ? error : new Error('The flush failed', { cause: error }))
        })
        planTurn()
      }),
    isInDoubt: () => database.isInDoubt(),
    flushingMs: () => (flushingSince === null ? 0 : nowMs() - flushingSince),
  }
}
