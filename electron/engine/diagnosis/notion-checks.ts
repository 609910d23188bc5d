import type { Check } from '../../../shared/diagnosis.ts'
import type { NotionId } from '../../../shared/ids.ts'
import { type Clock, isoTime } from '../foundation/clock.ts'
import { within } from '../foundation/deadline.ts'
import type { Answer, Notion, Workspace } from '../notion/client.ts'
import { CHECK_LIMIT_MS, failed, LATE, notice, ok, skipped } from './check.ts'
import { clockCheck } from './clock-check.ts'
import { findWatched, type WatchedFinding } from './readable.ts'

export interface NotionCheckParts {
  /** Gives a client that gives up waiting when the signal aborts. */
  readonly until: (signal: AbortSignal) => Notion
  readonly clockAheadMs: () => number | null
  /** When the pause that Notion asked for ends (ms since 1970); null while there is none. */
  readonly pausedUntil: () => number | null
  readonly entries: readonly string[]
  /** The data sources that an entry is known to name. */
  readonly known: (entry: string) => readonly NotionId[]
  readonly clock: Clock
}

interface Late {
  readonly kind: 'late'
}

const LATE_ANSWER: Late = { kind: 'late' }

const lateMessage = (pausedUntil: number | null): string =>
  pausedUntil === null
    ? `Notion ${LATE}. Check the network, and notion.base_url in the settings.`
    : `Notion asks to wait until ${isoTime(pausedUntil)}. Look again after that.`

type Told = Answer<Workspace> | Late

const tokenChecks = (me: Told, pausedUntil: number | null): readonly Check[] => {
  if ('kind' in me) {
    return [failed('token', lateMessage(pausedUntil)), skipped('workspace', 'Notion did not answer')]
  }
  if (!me.ok) {
    const reason = me.failure.about === 'token' ? 'the token is refused' : 'Notion gave no answer that tells it'
    return [failed('token', me.failure.message), skipped('workspace', reason)]
  }
  const { name } = me.value
  return [
    ok('token', 'Notion accepts the integration token.'),
    ok('workspace', name === null ? 'The token opens a workspace without a name.' : `The token opens “${name}”.`),
  ]
}

const HOW_TO_SHARE =
  'Check its title or id in webhook.databases, and share the database with the connection in Notion (the database’s ••• menu, Connections).'

const titled = (findings: readonly WatchedFinding[]): string => `“${findings.map(({ entry }) => entry).join('”, “')}”`

/** One line for all: those that cannot be read are named, each reason once. */
export const databasesCheck = (findings: readonly WatchedFinding[]): Check => {
  const ofKind = (kind: WatchedFinding['kind']) => findings.filter((finding) => finding.kind === kind)
  const notShown = ofKind('not shown')
  const reasons = new Set(ofKind('failed').map(({ failure }) => failure?.message ?? ''))
  const refusals = [...reasons].map((message) => {
    const concerned = ofKind('failed').filter(({ failure }) => failure?.message === message)
    return `${titled(concerned)} cannot be read. ${message}`
  })
  const sentences = [
    ...(notShown.length === 0 ? [] : [`Notion shows no database ${titled(notShown)}. ${HOW_TO_SHARE}`]),
    ...refusals,
  ]
  if (sentences.length > 0) return failed('databases', sentences.join(' '))
  const inTrash = ofKind('in trash')
  if (inTrash.length > 0) {
    return notice('databases', `In Notion’s trash: ${titled(inTrash)}. Restore it, or take it out of the settings.`)
  }
  return ok('databases', `Every watched database can be read (${findings.length}).`)
}

/** Token, workspace, databases and, as its own promise, the clock: asked under the one rate budget. */
export const notionChecks = async (parts: NotionCheckParts): Promise<readonly Check[]> => {
  const { clock } = parts

  const asked = async <T>(ask: (notion: Notion) => Promise<T>): Promise<T | Late> => {
    const givingUp = new AbortController()
    const notion = parts.until(givingUp.signal)
    return within<T | Late>(
      clock,
      CHECK_LIMIT_MS,
      () => ask(notion),
      () => {
        givingUp.abort()
        return LATE_ANSWER
      },
    )
  }

  const me: Told = await asked((notion) => notion.me())
  const told = tokenChecks(me, parts.pausedUntil())
  const clockSeen = (): Check => clockCheck(parts.clockAheadMs())
  if ('kind' in me || !me.ok) {
    const reason = 'kind' in me || me.failure.about !== 'token' ? 'Notion did not answer' : 'the token is refused'
    return [...told, skipped('databases', reason), clockSeen()]
  }
  const findings = await asked((notion) => findWatched(notion, parts.entries, parts.known))
  const databases =
    'kind' in findings ? failed('databases', lateMessage(parts.pausedUntil())) : databasesCheck(findings)
  return [...told, databases, clockSeen()]
}
