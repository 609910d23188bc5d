import type { JobOrigin, JobOutcome, JobState } from '../../shared/jobs.ts'

export interface ModelJob {
  readonly id: number
  readonly page: number
  readonly origin: JobOrigin
  readonly state: JobState
  readonly runAt: number
  readonly createdAt: number
  /** In order of arrival. */
  readonly events: readonly string[]
  readonly failedAttempts: number
  readonly outcome: JobOutcome | null
}

interface Ignored {
  readonly id: string
  readonly page: number
  readonly receivedAt: number
}

/** What the queue promises, in plain arrays: nothing of it is shared with the stores that it is compared with. */
export interface QueueModel {
  readonly jobs: () => readonly ModelJob[]
  accept(id: string, page: number, now: number): 'queued' | 'full'
  ignore(id: string, page: number, now: number): void
  readmit(now: number): number
  enqueueInternal(page: number, now: number): void
  /** What may be claimed, the oldest first. */
  claimable(now: number): readonly ModelJob[]
  nextDueAt(): number | null
  activate(id: number): void
  complete(id: number): void
  delay(id: number, runAt: number): void
  fail(id: number): void
  recover(now: number): number
}

const isOpen = (job: ModelJob): boolean => job.state === 'waiting' || job.state === 'delayed'

/** `newJobId`: the id that the stores gave to the job that they have just made for this page. */
export const createQueueModel = (
  queueSize: number,
  quietMs: number,
  longestMs: number,
  newJobId: (page: number) => number,
): QueueModel => {
  let jobs: readonly ModelJob[] = []
  let ignored: readonly Ignored[] = []
  const arrival = new Map<string, number>()

  const change = (id: number, parts: Partial<ModelJob>): void => {
    jobs = jobs.map((job) => (job.id === id ? { ...job, ...parts } : job))
  }

  const inOrder = (events: readonly string[]): readonly string[] =>
    events.toSorted((a, b) => (arrival.get(a) ?? 0) - (arrival.get(b) ?? 0))

  const openJobOf = (page: number): ModelJob | undefined => jobs.find((job) => job.page === page && isOpen(job))

  const join = (page: number, origin: JobOrigin, now: number, waitMs: number, events: readonly string[]): void => {
    const open = openJobOf(page)
    if (open === undefined) {
      const id = newJobId(page)
      const made = { id, page, origin, events, createdAt: now, runAt: now + waitMs, failedAttempts: 0, outcome: null }
      jobs = [...jobs, { ...made, state: 'waiting' }]
      return
    }
    const runAt = Math.max(open.runAt, Math.min(now + waitMs, open.createdAt + longestMs))
    change(open.id, { runAt, events: inOrder([...open.events, ...events]) })
  }

  const reopen = (id: number, state: 'waiting' | 'delayed', runAt: number): void => {
    const job = jobs.find((other) => other.id === id)
    if (job === undefined) throw new Error(`The model has no job ${id}`)
    const newer = openJobOf(job.page)
    jobs = jobs.filter((other) => other !== newer)
    const events = inOrder([...job.events, ...(newer?.events ?? [])])
    change(id, { state, runAt: Math.max(runAt, newer?.runAt ?? 0), events })
  }

  const isBusy = (page: number): boolean => jobs.some((job) => job.page === page && job.state === 'active')

  const claimableAt = (now: number): readonly ModelJob[] =>
    jobs.filter((job) => isOpen(job) && job.runAt <= now && !isBusy(job.page)).toSorted((a, b) => a.runAt - b.runAt)

  return {
    jobs: () => jobs,
    accept: (id, page, now) => {
      const taken = jobs.filter((job) => job.origin === 'delivery' && (isOpen(job) || job.state === 'active'))
      if (taken.length >= queueSize && openJobOf(page) === undefined) return 'full'
      arrival.set(id, arrival.size)
      join(page, 'delivery', now, quietMs, [id])
      return 'queued'
    },
    ignore: (id, page, now) => {
      arrival.set(id, arrival.size)
      ignored = [...ignored, { id, page, receivedAt: now }]
    },
    readmit: (now) => {
      const events = ignored
      ignored = []
      for (const { id, page, receivedAt } of events) {
        join(page, 'internal', now, Math.max(0, receivedAt + quietMs - now), [id])
      }
      return events.length
    },
    enqueueInternal: (page, now) => {
      join(page, 'internal', now, 0, [])
    },
    claimable: claimableAt,
    nextDueAt: () => claimableAt(Number.POSITIVE_INFINITY)[0]?.runAt ?? null,
    activate: (id) => {
      change(id, { state: 'active' })
    },
    complete: (id) => {
      const page = jobs.find((job) => job.id === id)?.page
      for (const job of jobs) {
        if (job.page === page && job.state === 'failed') change(job.id, { state: 'completed', outcome: 'superseded' })
      }
      change(id, { state: 'completed', outcome: 'written' })
    },
    delay: (id, runAt) => {
      change(id, { failedAttempts: (jobs.find((job) => job.id === id)?.failedAttempts ?? 0) + 1 })
      reopen(id, 'delayed', runAt)
    },
    fail: (id) => {
      change(id, { state: 'failed', failedAttempts: (jobs.find((job) => job.id === id)?.failedAttempts ?? 0) + 1 })
    },
    recover: (now) => {
      const left = jobs.filter((job) => job.state === 'active')
      for (const job of left) reopen(job.id, 'waiting', now)
      return left.length
    },
  }
}
