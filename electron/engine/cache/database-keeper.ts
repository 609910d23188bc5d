import type { NotionId } from '../../../shared/ids.ts'
import type { Problem } from '../../../shared/status.ts'
import type { Clock, Timer } from '../foundation/clock.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { DatabaseFiles } from './database-files.ts'

/** At most one round of database files a second, and at most a twentieth of the time. */
const LEAST_PAUSE_MS = 1_000
const PAUSE_PER_WORK = 19

/** A file that cannot be written, or is somebody else's, is looked at again after this time. */
const BLOCKED_PAUSE_MS = 5_000

/** Keeps database files following their records. */
export interface DatabaseKeeper {
  /** Something became dirty: it is written when its time has come. */
  wake(): void
  /** Writes what is dirty now, without waiting for its time; resolves when done, or found to be impossible. */
  flushNow(): Promise<void>
  /** True when every database file shows every change, or cannot. */
  isSettled(): boolean
  problems(): readonly Problem[]
  /** Lets a running round end and starts no other. */
  stop(): Promise<void>
}

export const createDatabaseKeeper = (files: DatabaseFiles, clock: Clock, log: Log): DatabaseKeeper => {
  const blocked = new Map<NotionId, Problem>()
  let timer: { readonly handle: Timer; readonly dueAt: number } | null = null
  let running: Promise<void> | null = null
  let nextRoundAt = Number.NEGATIVE_INFINITY
  let isStopped = false

  const tell = (id: NotionId, problem: Problem): void => {
    if (blocked.get(id)?.message !== problem.message) log.warn({ database: id, code: problem.code }, problem.message)
    blocked.set(id, problem)
  }

  const writeOne = async (id: NotionId): Promise<void> => {
    try {
      if ((await files.write(id)) === 'written') {
        blocked.delete(id)
        return
      }
      tell(id, {
        code: 'foreign-file',
        severity: 'failure',
        message: `${files.fileOf(id)} was not written by Blackcore Sync, or was changed since. It is left as it is; move it away, and it is written anew.`,
      })
    } catch (error) {
      tell(id, {
        code: 'database-file',
        severity: 'failure',
        message: `${files.fileOf(id)} cannot be written: ${errorText(error)}. It is tried again every few seconds.`,
      })
    }
  }

  const round = async (): Promise<void> => {
    const startedAt = clock.monotonicMs()
    for (const id of files.dirty()) await writeOne(id)
    const endedAt = clock.monotonicMs()
    const tookMs = endedAt - startedAt
    nextRoundAt = endedAt + Math.max(LEAST_PAUSE_MS - tookMs, PAUSE_PER_WORK * tookMs)
  }

  const clearTimer = (): void => {
    timer?.handle.cancel()
    timer = null
  }

  const run = (): Promise<void> => {
    clearTimer()
    running ??= round().finally(() => {
      running = null
      schedule()
    })
    return running
  }

  const schedule = (): void => {
    if (isStopped || running !== null) return
    const dirty = files.dirty()
    if (dirty.length === 0) return
    const now = clock.monotonicMs()
    const pauseMs = dirty.every((id) => blocked.has(id)) ? BLOCKED_PAUSE_MS : 0
    const dueAt = Math.max(now + pauseMs, nextRoundAt)
    if (timer !== null && timer.dueAt <= dueAt) return
    clearTimer()
    const handle = clock.after(dueAt - now, () => {
      void run()
    })
    timer = { handle, dueAt }
  }

  return {
    wake: schedule,
    flushNow: async () => {
      await running
      await run()
    },
    isSettled: () => running === null && files.dirty().every((id) => blocked.has(id)),
    problems: () => [...blocked.values()],
    stop: async () => {
      isStopped = true
      clearTimer()
      await running
    },
  }
}
