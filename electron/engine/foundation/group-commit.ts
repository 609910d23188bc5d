import type { Database } from './database.ts'

interface Waiting {
  readonly isDurable: boolean
  readonly run: () => void
  readonly settle: (error: unknown) => void
}

/** Groups the writes of one turn of the event loop into one durable commit. */
export interface GroupCommit {
  /**
   * Runs `work` in the next commit; resolves with what it returned once that is on the disk.
   * `work` touches the database only: when a neighbour fails, all are rolled back and each runs again by itself.
   */
  run<T>(work: () => T): Promise<T>
  /** The same for what may be lost with a power cut (not with the process): see `Database.quickTransaction`. */
  runQuick<T>(work: () => T): Promise<T>
}

export const createGroupCommit = (database: Database): GroupCommit => {
  let waiting: Waiting[] = []

  const transact = (work: () => void, isDurable: boolean): void => {
    if (isDurable) database.transaction(work)
    else database.quickTransaction(work)
  }

  const runAlone = (entry: Waiting): void => {
    try {
      transact(entry.run, entry.isDurable)
    } catch (error) {
      entry.settle(error)
      return
    }
    entry.settle(null)
  }

  const commit = (): void => {
    const batch = waiting
    waiting = []
    try {
      transact(
        () => {
          for (const entry of batch) entry.run()
        },
        batch.some((entry) => entry.isDurable),
      )
    } catch (error) {
      if (batch.length > 1) for (const entry of batch) runAlone(entry)
      else for (const entry of batch) entry.settle(error)
      return
    }
    for (const entry of batch) entry.settle(null)
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
      if (waiting.length === 1) setImmediate(commit)
    })

  return {
    run: (work) => enqueue(work, true),
    runQuick: (work) => enqueue(work, false),
  }
}
