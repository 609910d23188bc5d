import { type NotionId, parseNotionId } from '../../../shared/ids.ts'
import type { Problem } from '../../../shared/status.ts'
import type { Catalogue, SourceFacts } from '../cache/catalogue.ts'
import { titleKey, type WatchList } from '../cache/watch.ts'
import type { Clock } from '../foundation/clock.ts'
import { errorCode, errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { Answer, Notion, Workspace } from '../notion/client.ts'
import type { NotionFailure } from '../notion/failures.ts'
import { lookUpDatabase, lookUpId } from './look-up.ts'

/** What has to be known of Notion besides pages: whose workspace the token opens, and which databases are watched. */
export interface Connection {
  /** Null until Notion has said it. */
  workspace(): Workspace | null
  problems(): readonly Problem[]
  /** Asks Notion again and again until it answers; returns at once. */
  start(): void
  /** Resolves when nothing is being asked any more; the requests themselves are given up elsewhere. */
  stop(): Promise<void>
}

export interface ConnectionParts {
  readonly notion: Notion
  readonly catalogue: Catalogue
  readonly watchList: WatchList
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** Resolves when the queue does not stand still for an outage; rejects when the signal aborts. */
  readonly outageOver: () => Promise<void>
  /** Stores what was looked up. */
  readonly learn: (facts: readonly SourceFacts[]) => Promise<void>
}

const FIRST_RETRY_MS = 2_000
const LONGEST_RETRY_MS = 60_000

/** Titles that were not found are looked for again after this time: search knows a new database late. */
const SEARCH_AGAIN_MS = 10 * 60_000

/** Databases that are asked for their titles when their sources' titles do not tell. */
const DATABASES_ASKED_AT_MOST = 100

type Step = { readonly ok: true } | { readonly ok: false; readonly failure: NotionFailure }

const OK: Step = { ok: true }

export const createConnection = (parts: ConnectionParts): Connection => {
  const { notion, catalogue, watchList, clock, log, signal, outageOver, learn } = parts
  let workspace: Workspace | null = null
  let failure: NotionFailure | null = null
  let hasLookedThrough = false
  let running: Promise<void> = Promise.resolve()

  /** In an outage its probe asks for everybody. Before one is known, as when no job has come yet, we ask ourselves. */
  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    await outageOver()
    return ask()
  }

  /** A failure that speaks of one object, or of its id, is that object's; any other stops the round. */
  const learnFrom = async (answer: Answer<readonly SourceFacts[]>): Promise<Step> => {
    if (answer.ok) await learn(answer.value)
    else if (answer.failure.about === 'way' || answer.failure.about === 'token') return answer
    return OK
  }

  const knownDatabases = (): readonly NotionId[] => [
    ...new Set(catalogue.all().flatMap((source) => (source.isWatched ? [source.databaseId] : []))),
  ]

  /** By their sources' titles first; where that does not find all, by asking each unknown database for its own. */
  const findTitles = async (): Promise<Step> => {
    if (catalogue.unresolved().length === 0) return OK
    const found = await asked(notion.findDataSources)
    if (!found.ok) return found
    const wanted = new Set(catalogue.unresolved().map(titleKey))
    const isNamed = (source: { title: string }): boolean => wanted.has(titleKey(source.title))
    const byTitle = [...found.value].sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)))
    const named = new Set(byTitle.filter(isNamed).map((source) => source.databaseId))
    const databases = [...new Set(byTitle.map((source) => source.databaseId))].slice(0, DATABASES_ASKED_AT_MOST)
    for (const databaseId of databases) {
      if (!named.has(databaseId) && catalogue.unresolved().length === 0) break
      const step = await learnFrom(await asked(() => lookUpDatabase(notion, databaseId)))
      if (!step.ok) return step
    }
    return OK
  }

  const isUnresolved = (id: NotionId): boolean =>
    catalogue.unresolved().some((entry) => parseNotionId(entry.trim()) === id)

  const round = async (): Promise<Step> => {
    if (workspace === null) {
      const me = await asked(notion.me)
      if (!me.ok) return me
      workspace = me.value
      log.info({ workspace: me.value.name }, 'Connected with Notion')
    }
    for (const databaseId of knownDatabases()) {
      const step = await learnFrom(await asked(() => lookUpDatabase(notion, databaseId)))
      if (!step.ok) return step
    }
    for (const id of watchList.ids.filter(isUnresolved)) {
      const step = await learnFrom(await asked(() => lookUpId(notion, id)))
      if (!step.ok) return step
    }
    return findTitles()
  }

  /** A disk that refuses to store what was learnt ends this round, not the asking. */
  const roundOrFailure = async (): Promise<Step> => {
    try {
      return await round()
    } catch (error) {
      if (signal.aborted) throw error
      const message = `What Notion says of the databases cannot be stored: ${errorText(error)}.`
      return { ok: false, failure: { kind: 'transient', code: errorCode(error) ?? 'internal', message, about: 'way' } }
    }
  }

  const untilKnown = async (): Promise<void> => {
    let delayMs = FIRST_RETRY_MS
    for (;;) {
      const step = await roundOrFailure()
      if (signal.aborted) return
      if (!step.ok && failure?.message !== step.failure.message) {
        log.warn({ code: step.failure.code }, step.failure.message)
      }
      failure = step.ok ? null : step.failure
      hasLookedThrough ||= step.ok
      if (step.ok && catalogue.unresolved().length === 0) return
      await clock.sleep(step.ok ? SEARCH_AGAIN_MS : delayMs, signal)
      delayMs = step.ok ? FIRST_RETRY_MS : Math.min(LONGEST_RETRY_MS, delayMs * 2)
    }
  }

  return {
    workspace: () => workspace,
    problems: () => {
      const problems: Problem[] = []
      if (failure !== null) problems.push({ code: failure.code, severity: 'failure', message: failure.message })
      const unresolved = hasLookedThrough ? catalogue.unresolved() : []
      if (failure === null && unresolved.length > 0) {
        problems.push({
          code: 'database-not-found',
          severity: 'failure',
          message: `Notion shows no database “${unresolved.join('”, “')}”. Check the title in webhook.databases, and that the database is shared with the connection.`,
        })
      }
      return problems
    },
    start: () => {
      running = untilKnown().catch((error: unknown) => {
        if (!signal.aborted) log.error({ error: errorText(error) }, 'Looking up the watched databases failed')
      })
    },
    stop: () => running,
  }
}
