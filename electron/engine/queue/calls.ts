import type { CallHandlers, DiagnosisCalls, PairingCalls, TokenCalls } from '../../../shared/bridge.ts'
import type { Problem } from '../../../shared/status.ts'
import type { Clock } from '../foundation/clock.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { QueueNotes } from './notes.ts'
import type { PeopleAtQueue } from './people.ts'

type QueueCalls = Omit<CallHandlers, keyof PairingCalls | keyof TokenCalls | keyof DiagnosisCalls>

export interface CallParts {
  readonly people: PeopleAtQueue
  readonly notes: QueueNotes
  readonly commits: GroupCommit
  readonly clock: Clock
  /** Something may be claimable now. */
  readonly wake: () => void
  readonly whenIdle: () => Promise<void>
  /** What is found to be impossible to write. */
  readonly unwritten: () => readonly Problem[]
}

/** How long one wait-idle call is held before it is answered with "not yet". */
export const IDLE_ANSWER_MS = 20_000

/**
 * What people ask of the running engine: see `CALLS`. A power cut within seconds may undo it, in plain view; a disk that
 * refuses to flush does not keep anybody from acting.
 */
export const createCalls = ({ people, notes, commits, clock, wake, whenIdle, unwritten }: CallParts): QueueCalls => {
  let idle: Promise<void> | null = null

  /** One for all who wait: each that looks for itself would go on looking when its caller is gone. */
  const sharedIdle = (): Promise<void> => {
    idle ??= whenIdle().finally(() => {
      idle = null
    })
    return idle
  }

  return {
    jobs: ({ states, before }) => {
      const { jobs, next } = people.list(states ?? null, before)
      return Promise.resolve({ jobs: [...jobs], next })
    },
    count: ({ action, selection }) => Promise.resolve(people.count(action, selection)),
    retry: async (selection) => {
      const retried = await commits.runQuick(() => people.retry(selection, clock.now()))
      wake()
      return { retried }
    },
    discard: async (selection) => ({ discarded: await commits.runQuick(() => people.discard(selection, clock.now())) }),
    undo: async (selection) => ({ restored: await commits.runQuick(() => people.undo(selection, clock.now())) }),
    pause: async ({ for_ms: forMs }) => {
      await commits.runQuick(() => {
        notes.notePause(forMs === null ? null : clock.now() + forMs)
      })
      wake()
      return { paused: true }
    },
    resume: async () => {
      await commits.runQuick(() => {
        notes.clearPause()
      })
      wake()
      return { paused: false }
    },
    'wait-idle': async () => {
      const limit = Promise.withResolvers<boolean>()
      const timer = clock.after(IDLE_ANSWER_MS, () => {
        limit.resolve(false)
      })
      try {
        const isIdle = await Promise.race([sharedIdle().then(() => true), limit.promise])
        return { idle: isIdle, unwritten: isIdle ? unwritten().map(({ message }) => message) : [] }
      } finally {
        timer.cancel()
      }
    },
  }
}
