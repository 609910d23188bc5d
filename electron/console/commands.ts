import { type CallOutput, isEmptySelection, type JobView, type Selection } from '../../shared/bridge.ts'
import { JOB_STATES, type JobState } from '../../shared/jobs.ts'
import { durationMs } from '../../shared/settings.ts'
import type { Call } from './client.ts'
import { shownWords } from './given-words.ts'
import { jobsText } from './jobs-text.ts'

export const COMMANDS = ['jobs', 'retry', 'discard', 'pause', 'resume', 'wait-idle', 'disconnect'] as const

export type CommandName = (typeof COMMANDS)[number]

export interface CommandOptions {
  readonly ids: readonly string[]
  /** The settings file. */
  readonly config?: string | undefined
  readonly state?: string | undefined
  readonly all?: boolean | undefined
  readonly cause?: string | undefined
  readonly database?: string | undefined
  readonly for?: string | undefined
  readonly undo?: boolean | undefined
  readonly yes?: boolean | undefined
  readonly json?: boolean | undefined
}

export interface Terminal {
  print(text: string): void
  /** Null where nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | null
}

/** A command that did not do what it is for, and why; exit code 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

const isJobState = (text: string): text is JobState => (JOB_STATES as readonly string[]).includes(text)

const statesOf = (option: string | undefined): readonly JobState[] | null => {
  if (option === undefined) return null
  const names = option.split(',').map((name) => name.trim())
  if (names.includes('')) {
    throw new CommandError(`--state lacks the name of a state. The states are ${JOB_STATES.join(', ')}.`)
  }
  const unknown = names.find((name) => !isJobState(name))
  if (unknown !== undefined) {
    throw new CommandError(`There is no job state ${unknown}. The states are ${JOB_STATES.join(', ')}.`)
  }
  return names.filter(isJobState)
}

const idOf = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CommandError(`A job is named by the number that "jobs" shows, but this is ${text}.`)
}

const selectionOf = (options: CommandOptions): Selection => ({
  ...(options.ids.length === 0 ? {} : { ids: options.ids.map(idOf) }),
  ...(options.all === true ? { all: true as const } : {}),
  ...(options.cause === undefined ? {} : { cause: options.cause }),
  ...(options.database === undefined ? {} : { database: options.database }),
})

const jobCount = (count: number, kind: string): string => `${count} ${kind} ${count === 1 ? 'job' : 'jobs'}`

type Action = 'retry' | 'discard' | 'undo'

const QUESTIONS: Readonly<Record<Action, (count: number) => string>> = {
  retry: (count) => `Send ${jobCount(count, 'failed')} round again?`,
  discard: (count) => `Discard ${jobCount(count, 'failed')}? (Can be undone with: discard --undo)`,
  undo: (count) => `Take back the discard of ${jobCount(count, 'discarded')}?`,
}

/** Asks; throws where nobody agrees. */
const agree = async (terminal: Terminal, options: CommandOptions, question: string): Promise<void> => {
  if (options.yes === true) return
  if (terminal.ask === null) throw new CommandError(`${question} Nobody can be asked here: repeat it with --yes.`)
  const reply = await terminal.ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(reply.trim())) throw new CommandError('Nothing was done.')
}

/** Notion offers no way to delete a subscription but by hand. */
const DISCONNECTED =
  'The secrets are forgotten. Notion goes on sending: delete the subscription in Notion under Settings, Connections, your connection, Webhooks.'

/** Says how many jobs are meant and asks; throws where nothing is to be done. */
const confirm = async (call: Call, terminal: Terminal, action: Action, options: CommandOptions): Promise<Selection> => {
  const selection = selectionOf(options)
  if (isEmptySelection(selection)) {
    throw new CommandError('No jobs are named. Name their numbers, or --all, --cause CODE, --database TITLE.')
  }
  const { count, until } = await call('count', { action, selection })
  if (count === 0) throw new CommandError('No job fits. Nothing was done.')
  await agree(terminal, options, QUESTIONS[action](count))
  // What fails while the person thinks was not agreed to.
  return { ...selection, until }
}

const pauseMs = (option: string | undefined): number | null => {
  if (option === undefined) return null
  const parsed = durationMs.safeParse(option)
  if (parsed.success && parsed.data > 0) return parsed.data
  if (/^[1-9]\d*$/.test(option)) {
    throw new CommandError(`--for needs a unit: ${option}s, ${option}m or ${option}h.`)
  }
  const found = option.trim() === '' ? 'empty' : option
  throw new CommandError(`--for takes a time such as 30m, up to 24h, but is ${found}.`)
}

const untilIdle = async (call: Call): Promise<void> => {
  for (;;) {
    const { idle, unwritten } = await call('wait-idle', {})
    if (idle && unwritten.length > 0) throw new CommandError(`Not everything is written. ${unwritten.join(' ')}`)
    if (idle) return
  }
}

const allJobs = async (call: Call, states: readonly JobState[] | null): Promise<readonly JobView[]> => {
  const pieces: JobView[][] = []
  let before: number | null = null
  do {
    const piece: CallOutput<'jobs'> = await call('jobs', {
      ...(states === null ? {} : { states: [...states] }),
      ...(before === null ? {} : { before }),
    })
    pieces.push(piece.jobs)
    before = piece.next
  } while (before !== null)
  return pieces.flat()
}

interface Printed {
  readonly json: object
  readonly text: string
}

const run: Readonly<
  Record<CommandName, (call: Call, options: CommandOptions, terminal: Terminal) => Promise<Printed>>
> = {
  jobs: async (call, options) => {
    const jobs = await allJobs(call, statesOf(options.state))
    return { json: { jobs }, text: jobsText(jobs) }
  },
  retry: async (call, options, terminal) => {
    const json = await call('retry', await confirm(call, terminal, 'retry', options))
    return { json, text: `${jobCount(json.retried, 'failed')} sent round again.` }
  },
  discard: async (call, options, terminal) => {
    if (options.undo === true) {
      const { restored } = await call('undo', await confirm(call, terminal, 'undo', options))
      return { json: { restored }, text: `The discard of ${jobCount(restored, 'discarded')} is taken back.` }
    }
    const json = await call('discard', await confirm(call, terminal, 'discard', options))
    return { json, text: `${jobCount(json.discarded, 'failed')} discarded.` }
  },
  pause: async (call, options) => {
    const forMs = pauseMs(options.for)
    const json = await call('pause', { for_ms: forMs })
    const until = forMs === null ? 'until "resume"' : `for ${options.for}`
    return { json, text: `Paused ${until}. Events are accepted and stored; processing stops.` }
  },
  resume: async (call) => ({ json: await call('resume', {}), text: 'The queue goes on.' }),
  disconnect: async (call, options, terminal) => {
    await agree(terminal, options, 'Forget the webhook secret? Every delivery is refused until you pair again.')
    const { refused } = await call('disconnect', {})
    if (refused !== null) throw new CommandError(refused)
    return { json: { disconnected: true }, text: DISCONNECTED }
  },
  'wait-idle': async (call) => {
    await untilIdle(call)
    return { json: { idle: true }, text: 'Nothing is left to do.' }
  },
}

const SELECTING = ['ids', 'all', 'cause', 'database'] as const

const TAKES: Readonly<Record<CommandName, readonly string[]>> = {
  jobs: ['state'],
  retry: SELECTING,
  discard: [...SELECTING, 'undo'],
  pause: ['for'],
  resume: [],
  'wait-idle': [],
  disconnect: [],
}

const TAKEN_BY_ALL = ['config', 'data', 'json', 'yes']

/** What a command would pass over may be what matters to the person: "pause 30m" is no pause without an end. */
const refuseOthers = (name: CommandName, options: CommandOptions): void => {
  const known = new Set([...TAKES[name], ...TAKEN_BY_ALL])
  const { ids, ...named } = options
  const others = Object.entries(named).flatMap(([option, value]) =>
    value === undefined || known.has(option) ? [] : [`--${option}`],
  )
  if (!known.has('ids')) others.unshift(...shownWords(ids))
  if (others.length === 0) return
  throw new CommandError(`"${name}" does not take ${others.join(' ')}. Nothing was done.`)
}

/**
 * Runs one command against the running engine. Throws a CommandError where it did not do what it is for.
 * `unknown`: what could not be looked at, told to a person beside what was done.
 */
export const runCommand = async (
  name: CommandName,
  options: CommandOptions,
  call: Call,
  terminal: Terminal,
  unknown: string | null = null,
): Promise<void> => {
  refuseOthers(name, options)
  const { json, text } = await run[name](call, options, terminal)
  const told = unknown === null ? text : `${text} ${unknown}`
  terminal.print(options.json === true ? JSON.stringify(json) : told)
}
