import type { Clock, Timer } from '../foundation/clock.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'

/** The queue, as the worker is given it. */
export interface WorkerPorts<Job> {
  claim(limit: number): Promise<readonly Job[]>
  /** When the next job can be claimed (ms since 1970); null where none is. */
  nextDueAt(): number | null
  /**
   * One attempt, its outcome stored. Rejects only when that could not be done at all. `onPlanned`: Notion answered
   * everything, what remains is the disk's.
   */
  run(job: Job, onPlanned: () => void): Promise<void>
  /** A job ended, or nothing was left to claim. */
  onChange(): void
  /** What keeps jobs from being claimed; null: nothing any more. */
  onTrouble(message: string | null): void
}

/**
 * Claims due jobs and runs so many of them at once; sleeps until the next is due. Those that only wait for the disk do
 * not count: the disk serves many together at little more than the cost of one.
 */
export interface Worker {
  /** Something may have become due. */
  wake(): void
  /** True when nothing runs (what is waiting for its time does not count). */
  isResting(): boolean
  /** Claims nothing more; resolves when what runs has ended. */
  drain(): Promise<void>
}

/** After a claim that failed, because the disk refuses. */
const CLAIM_AGAIN_MS = 1_000

/**
 * Where nothing is due, nothing is claimed: a claim is a commit. It is tried this often all the same, because it dates
 * anew what a clock that was set back had put far ahead.
 */
const CLAIM_AT_LEAST_EVERY_MS = 60_000

/** Most that run at all. */
const MOST_RUNNING = 48

export const createWorker = <Job>(ports: WorkerPorts<Job>, concurrency: number, clock: Clock, log: Log): Worker => {
  const running = new Set<Promise<void>>()
  let asking = 0
  let claimedAtMs = Number.NEGATIVE_INFINITY
  let timer: Timer | null = null
  let claiming: Promise<void> | null = null
  let isWokenMeanwhile = false
  let isDraining = false

  const sleepFor = (delayMs: number): void => {
    timer?.cancel()
    timer = clock.after(delayMs, wake)
  }

  const free = (): number => Math.min(concurrency - asking, MOST_RUNNING - running.size)

  const start = (job: Job): void => {
    let isAsking = true
    asking += 1
    const stopAsking = (): void => {
      if (!isAsking) return
      isAsking = false
      asking -= 1
      wake()
    }
    const attempt = ports
      .run(job, stopAsking)
      .catch((error: unknown) => {
        log.error({ error: errorText(error) }, 'An attempt ended without an outcome; the next start takes it up')
      })
      .finally(() => {
        running.delete(attempt)
        stopAsking()
        ports.onChange()
        wake()
      })
    running.add(attempt)
  }

  const isToClaim = (dueAt: number | null): boolean =>
    (dueAt !== null && dueAt <= clock.now()) || clock.monotonicMs() - claimedAtMs >= CLAIM_AT_LEAST_EVERY_MS

  const claimSome = async (): Promise<void> => {
    try {
      let dueAt = ports.nextDueAt()
      if (isToClaim(dueAt)) {
        const jobs = await ports.claim(free())
        claimedAtMs = clock.monotonicMs()
        ports.onTrouble(null)
        for (const job of jobs) start(job)
        dueAt = ports.nextDueAt()
      }
      if (dueAt !== null && free() > 0) sleepFor(Math.min(dueAt - clock.now(), CLAIM_AT_LEAST_EVERY_MS))
    } catch (error) {
      claimedAtMs = Number.NEGATIVE_INFINITY
      ports.onTrouble(`No job can be started: ${errorText(error)}. Check the space on the disk of the data folder.`)
      log.error({ error: errorText(error) }, 'No job can be claimed')
      sleepFor(CLAIM_AGAIN_MS)
    }
  }

  function wake(): void {
    if (isDraining || free() <= 0) return
    if (claiming !== null) {
      isWokenMeanwhile = true
      return
    }
    isWokenMeanwhile = false
    claiming = claimSome().finally(() => {
      claiming = null
      if (isWokenMeanwhile) wake()
      else ports.onChange()
    })
  }

  return {
    wake,
    isResting: () => running.size === 0 && claiming === null,
    drain: async () => {
      isDraining = true
      // What is being claimed is ours already: it has to be run, or it would stay active.
      await claiming
      timer?.cancel()
      while (running.size > 0) await Promise.all(running)
    },
  }
}
