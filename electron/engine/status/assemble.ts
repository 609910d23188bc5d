import type { Reach } from '../../../shared/reach.ts'
import type { EngineStatus, Problem } from '../../../shared/status.ts'
import { isoTime } from '../foundation/clock.ts'

/** What the stages report, gathered at one moment. */
export interface StatusFacts {
  readonly jobs: EngineStatus['jobs']
  /** Why failed jobs failed, most frequent first. */
  readonly failures: readonly { readonly message: string; readonly jobs: number }[]
  readonly metrics: EngineStatus['metrics']
  readonly lastEventAt: number | null
  readonly isPaired: boolean
  readonly workspaceName: string | null
  readonly isCatchUpDue: boolean
  readonly reach: Reach
  /** Where a damaged database lies whose events are lost; null where none was, or a person moved it away. */
  readonly lostQueue: string | null
  /** Deliveries are turned away. */
  readonly isQueueFull: boolean
  /** For how long the disk has been at a flush (ms). */
  readonly flushingMs: number
  /** Why nothing is claimed at the moment, if so. Times in ms since 1970. */
  readonly hold:
    | { readonly kind: 'paused'; readonly until: number | null }
    | { readonly kind: 'rate-limited'; readonly until: number }
    | { readonly kind: 'outage'; readonly outage: 'offline' | 'failing'; readonly since: number }
    | { readonly kind: 'disk'; readonly since: number; readonly message: string }
    | null
  readonly trashedDatabases: readonly string[]
  readonly triggers: readonly string[]
  readonly reported: readonly Problem[]
}

const notice = (code: string, message: string): Problem => ({ code, severity: 'notice', message })
const failure = (code: string, message: string): Problem => ({ code, severity: 'failure', message })

const holdProblem = (hold: NonNullable<StatusFacts['hold']>): Problem => {
  switch (hold.kind) {
    case 'paused':
      return notice('paused', `Paused by a person${hold.until === null ? '' : ` until ${isoTime(hold.until)}`}.`)
    case 'rate-limited':
      return failure('rate-limited', `Notion asks to wait until ${isoTime(hold.until)}.`)
    case 'disk': {
      const since = isoTime(hold.since)
      return failure(
        'disk',
        `${hold.message} Nothing can be written since ${since}. It is tried every 30 seconds; the queue goes on by itself.`,
      )
    }
    case 'outage': {
      const what =
        hold.outage === 'offline' ? 'Notion cannot be reached' : 'Notion has failed for several pages in a row'
      return failure(
        'outage',
        `${what} since ${isoTime(hold.since)}. It is asked every 30 seconds; the queue goes on by itself.`,
      )
    }
  }
}

/** What is not proven is no green light: "is being checked" is said too. No tunnel is a choice, and no fault. */
const reachProblem = ({ state, message, address }: Reach): Problem | null => {
  switch (state) {
    case 'off':
    case 'reachable':
      return message === null ? null : notice('reach', message)
    case 'opening':
      return failure('reach', message ?? 'The tunnel is being opened; until then Notion cannot reach this computer.')
    case 'checking':
      return failure('reach', message ?? `Whether Notion can reach ${address ?? 'this computer'} is being checked.`)
    case 'unreachable':
      return failure('reach', message ?? 'Notion cannot reach this computer.')
  }
}

/** A busy disk may take a moment; after this time nobody should believe that all is well. */
const LONGEST_FLUSH_MS = 5_000

const problemsOf = (facts: StatusFacts): readonly Problem[] => {
  const problems: Problem[] = facts.reported.filter(
    (problem, at) => facts.reported.findIndex((other) => other.message === problem.message) === at,
  )
  if (!facts.isPaired) {
    problems.push(
      failure(
        'not-paired',
        'No webhook subscription is paired, so every delivery is refused. Pair one: npm run headless -- pair.',
      ),
    )
  }
  const unreached = reachProblem(facts.reach)
  if (unreached !== null) problems.push(unreached)
  if (facts.hold !== null) problems.push(holdProblem(facts.hold))
  if (facts.jobs.failed > 0) {
    const reasons = facts.failures.map(({ message, jobs }) => ` ${jobs}: ${message}`).join('')
    problems.push(failure('failed-jobs', `Failed jobs wait for a person: ${facts.jobs.failed}.${reasons}`))
  }
  if (facts.flushingMs > LONGEST_FLUSH_MS) {
    const seconds = Math.round(facts.flushingMs / 1000)
    problems.push(
      failure(
        'disk-stalled',
        `The disk of the data folder has not answered for ${seconds} s, and nothing can be stored. Check whether it is connected and healthy.`,
      ),
    )
  }
  if (facts.lostQueue !== null) {
    problems.push(
      failure(
        'queue-lost',
        `The queue’s database was damaged and set aside as ${facts.lostQueue}. Updates that had been accepted may be missing until their pages change again. Move that file away when you need it no more; this goes with the next start.`,
      ),
    )
  }
  if (facts.isQueueFull) {
    problems.push(
      failure('queue-full', 'The queue is full: deliveries are turned away, and Notion repeats them later.'),
    )
  }
  if (facts.isCatchUpDue) {
    problems.push(
      notice('catch-up-due', 'Updates may be missing: some were turned away, or came before this queue was begun.'),
    )
  }
  for (const title of facts.trashedDatabases) {
    problems.push(
      notice('database-in-trash', `The database “${title}” is in Notion’s trash. Its files stay as they are.`),
    )
  }
  if (facts.triggers.length > 0) {
    problems.push(notice('triggers-not-run', `Triggers are not run yet: ${facts.triggers.join(', ')}.`))
  }
  return problems
}

/** One status from all facts. Never healthy while anything is failed or something does not follow. */
export const assembleStatus = (facts: StatusFacts): EngineStatus => {
  const problems = problemsOf(facts)
  const isDegraded = problems.some((problem) => problem.severity === 'failure')
  return {
    state: facts.hold?.kind === 'paused' ? 'paused' : isDegraded ? 'degraded' : 'healthy',
    isPaired: facts.isPaired,
    workspaceName: facts.workspaceName,
    isCatchUpDue: facts.isCatchUpDue,
    reach: facts.reach,
    jobs: facts.jobs,
    metrics: facts.metrics,
    lastEventAt: facts.lastEventAt === null ? null : isoTime(facts.lastEventAt),
    problems: [...problems],
  }
}
