import type { Reach } from '../../shared/reach.ts'
import type { EngineStatus, Problem } from '../../shared/status.ts'

const line = (name: string, value: string | number): string => `${name.padEnd(18)}${value}`

const reachText = ({ state, address }: Reach): string => {
  if (state === 'off') return 'no tunnel; only a catch-up brings changes'
  return address === null ? state : `${state} (${address})`
}

type Told = Pick<Problem, 'severity' | 'message'>

const linesOf = (title: string, problems: readonly Told[]): readonly string[] =>
  problems.length > 0 ? ['', title, ...problems.map(({ message }) => `- ${message}`)] : []

/** What makes the state degraded is told apart from what is only worth knowing. */
const problemLines = (problems: readonly Told[]): readonly string[] => [
  ...linesOf(
    'What is wrong',
    problems.filter(({ severity }) => severity === 'failure'),
  ),
  ...linesOf(
    'What to know',
    problems.filter(({ severity }) => severity === 'notice'),
  ),
]

/** A status as a person reads it. */
export const statusText = (status: EngineStatus): string => {
  const { jobs, metrics } = status
  const time = metrics.processing_time
  return [
    line('Blackcore Sync', status.state),
    line('Workspace', status.workspaceName ?? 'not connected yet'),
    line('From Notion', reachText(status.reach)),
    line('Last event', status.lastEventAt ?? 'none yet'),
    '',
    line('Waiting', jobs.waiting),
    line('Delayed', jobs.delayed),
    line('Active', jobs.active),
    line('Failed', jobs.failed),
    '',
    line('Events received', metrics.events_received),
    line('  processed', metrics.events_processed),
    line('  failed', metrics.events_failed),
    line('  ignored', metrics.events_ignored),
    line('  duplicate', metrics.events_duplicate),
    line('Processing time', `${time.p50_ms} ms (p50), ${time.p95_ms} ms (p95), ${time.p99_ms} ms (p99)`),
    ...problemLines(status.problems),
    '',
  ].join('\n')
}

/** The same where it cannot be read, for the reason that the sentence gives. */
export const unreadStatusText = (sentence: string): string =>
  [line('Blackcore Sync', 'degraded'), ...problemLines([{ severity: 'failure', message: sentence }]), ''].join('\n')
