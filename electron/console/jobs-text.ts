import type { JobView } from '../../shared/bridge.ts'

const attemptText = ({ at, duration_ms, code, message }: JobView['attempts'][number]): string =>
  `      ${at}  ${String(duration_ms).padStart(6)} ms  ${code}: ${message}`

const jobText = (job: JobView): string => {
  const about = [job.database, job.page_id].filter((part) => part !== null).join('  ')
  const head = `${String(job.id).padStart(6)}  ${job.state.padEnd(9)}  ${about}`
  const reason = job.reason === null || job.attempts.length > 0 ? [] : [`      ${job.reason}`]
  return [head, ...reason, ...job.attempts.map(attemptText)].join('\n')
}

/** Jobs as a person reads them: number, state, what it is about, and every attempt that failed. */
export const jobsText = (jobs: readonly JobView[]): string =>
  jobs.length === 0 ? 'No jobs.' : jobs.map(jobText).join('\n')
