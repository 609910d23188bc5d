import { expandEventNames } from '../../shared/events.ts'
import type { NotionId } from '../../shared/ids.ts'
import type { EngineStatus } from '../../shared/status.ts'
import { openCache } from './cache/cache.ts'
import type { SourceFacts } from './cache/catalogue.ts'
import { cacheFolders } from './cache/folders.ts'
import { CACHE_SCHEMA } from './cache/schema.ts'
import { type Clock, systemClock } from './foundation/clock.ts'
import { systemDisk } from './foundation/disk.ts'
import { createGroupCommit } from './foundation/group-commit.ts'
import { closeServer, listenAt } from './foundation/listening.ts'
import type { Log } from './foundation/log.ts'
import { createSignal } from './foundation/signal.ts'
import { openStorage } from './foundation/storage.ts'
import { createAdmission } from './intake/admission.ts'
import { createFilter } from './intake/filter.ts'
import { createFilterView } from './intake/filter-view.ts'
import { createFloodGuard } from './intake/flood.ts'
import { createListener, WEBHOOK_PATH } from './intake/listener.ts'
import { createRequestBudget } from './notion/budget.ts'
import { createNotion } from './notion/client.ts'
import type { NotionFailure } from './notion/failures.ts'
import { createSdkRequests } from './notion/sdk.ts'
import { createConnection } from './processors/connection.ts'
import { createPlanner } from './processors/planner.ts'
import { createEventStore } from './queue/event-store.ts'
import { type ClaimedJob, createJobStore } from './queue/job-store.ts'
import { createQueueNotes } from './queue/notes.ts'
import { createPruning } from './queue/retention.ts'
import { QUEUE_SCHEMA } from './queue/schema.ts'
import { type LoadedSettings, needToken } from './settings/load.ts'
import { assembleStatus } from './status/assemble.ts'
import { createCounters } from './status/counters.ts'
import { createTroubles } from './status/troubles.ts'
import { createJobRunner } from './worker/job-runner.ts'
import { createWorker } from './worker/worker.ts'

export { systemClock } from './foundation/clock.ts'
export { readTextNow, systemDisk } from './foundation/disk.ts'
export { StartError } from './foundation/errors.ts'
export { createHttpServer, type FastifyInstance } from './foundation/http-server.ts'
export { closeServer, listenAt } from './foundation/listening.ts'
export { createLog } from './foundation/log.ts'

/** A running engine: deliveries in, JSON files out. */
export interface Engine {
  /** Where deliveries are accepted: `http://host:port/webhooks/notion`. */
  readonly webhookUrl: string
  status(): EngineStatus
  /** Resolves when nothing is left to do, database files written (or found to be impossible to write). */
  whenIdle(): Promise<void>
  /** Drains: accepts and claims nothing more, ends what is active (10 s at most), writes the database files. */
  stop(): Promise<void>
}

export interface EngineOptions {
  readonly loaded: LoadedSettings
  /** Where the queue and the record index live. */
  readonly dataFolder: string
  readonly log: Log
  readonly clock?: Clock
}

/** The whole end is promised within 10 s: what is given up needs a moment to come to rest. */
const DRAIN_LIMIT_MS = 9_000
const ANSWER_LIMIT_MS = 60_000

/** All quiet times of one burst together, unless the setting is longer. */
const LONGEST_BURST_MS = 30_000

/**
 * Starts an engine. Rejects with a StartError or SettingsError; before a port is touched, where folders or another
 * engine are the reason. Does not wait for Notion.
 */
export const startEngine = async ({ loaded, dataFolder, log, clock = systemClock }: EngineOptions): Promise<Engine> => {
  const { settings, where } = loaded
  const { webhook, notion: notionSettings } = settings
  const token = needToken(loaded)
  const folders = cacheFolders(settings.cache.folder)
  const storage = await openStorage({
    disk: systemDisk,
    dataFolder,
    cacheFolder: folders.root,
    cacheLock: folders.lock,
    whereCache: where('cache.folder'),
    migrations: [`${QUEUE_SCHEMA};${CACHE_SCHEMA}`],
  })
  const { database } = storage
  const commits = createGroupCommit(database)
  const counters = createCounters()
  const troubles = createTroubles()
  const tell =
    (code: string) =>
    (message: string | null): void => {
      if (message === null) troubles.clear(code)
      else troubles.raise(code, message)
    }
  const ending = new AbortController()
  const changed = createSignal()

  const cache = await openCache({
    database,
    commits,
    disk: systemDisk,
    folders,
    watched: webhook.databases,
    clock,
    log,
  }).catch((error: unknown) => {
    storage.close()
    throw error
  })
  const { catalogue, watchList, records, keeper } = cache

  const onReach = (failure: NotionFailure | null): void => {
    tell('notion')(failure?.message ?? null)
  }
  const budget = createRequestBudget(clock, notionSettings.requestsPerMinute)
  const sdk = { ...notionSettings, token, answerLimitMs: ANSWER_LIMIT_MS, signal: ending.signal }
  const notion = createNotion({ requests: createSdkRequests(sdk), budget, signal: ending.signal, onReach })

  const { pageUpdatesMs: quietMs } = webhook.debouncing
  const quiet = { quietMs, longestMs: Math.max(LONGEST_BURST_MS, quietMs) }
  const events = createEventStore(database, webhook.processing.queueSize, quiet)
  const jobs = createJobStore(database, quiet.longestMs)
  const notes = createQueueNotes(database)
  const pruning = createPruning(database, commits, clock, log)

  const fetchHeldPages = (sourceId: NotionId | null): void => {
    database.transaction(() => {
      for (const id of records.heldPages(sourceId)) events.enqueueInternal({ kind: 'page', id }, clock.now())
    })
  }

  /** Within a transaction. Events of a source that turns out to be watched are taken up. */
  const learn = (facts: readonly SourceFacts[]): void => {
    const moved = facts.filter((source) => {
      const before = catalogue.source(source.sourceId)
      return before !== null && before.databaseId !== source.databaseId
    })
    const watched = catalogue.learn(facts)
    for (const { sourceId } of moved) fetchHeldPages(sourceId)
    for (const source of watched) {
      events.readmit(source.sourceId, clock.now())
      events.readmit(source.databaseId, clock.now())
    }
  }

  const runJob = createJobRunner<ClaimedJob>({
    applier: cache.applier,
    commits,
    learn,
    isEnding: () => ending.signal.aborted,
    plan: createPlanner({
      notion,
      catalogue,
      watchList,
      records,
      readFile: cache.readFile,
      now: clock.now,
      withContent: settings.cache.content,
    }),
    jobs,
    retryAttempts: webhook.processing.retryAttempts,
    clock,
    random: Math.random,
    log,
    onTrouble: tell('working'),
    onProcessed: counters.processed,
    onFailed: counters.failed,
  })
  const worker = createWorker<ClaimedJob>(
    {
      claim: (limit) => commits.run(() => jobs.claim(clock.now(), limit)),
      nextDueAt: jobs.nextDueAt,
      run: runJob,
      onChange: () => {
        keeper.wake()
        changed.notify()
      },
      onTrouble: tell('claiming'),
    },
    webhook.processing.workers,
    clock,
    log,
  )

  const connection = createConnection({
    notion,
    catalogue,
    watchList,
    clock,
    log,
    signal: ending.signal,
    learn: async (facts) => {
      await commits.run(() => {
        learn(facts)
      })
      worker.wake()
      keeper.wake()
    },
  })

  const filterView = createFilterView(
    catalogue,
    watchList,
    records,
    () => connection.workspace()?.id ?? null,
    (id) => events.hasJob({ kind: 'page', id }),
  )
  const admission = createAdmission({
    store: events,
    notes,
    commits,
    filter: createFilter(expandEventNames(webhook.events), filterView),
    log,
    now: clock.now,
    onQueued: worker.wake,
    onTrouble: tell('storing'),
  })
  const flood = createFloodGuard(clock.monotonicMs)
  const secrets = webhook.secret === null ? [] : [webhook.secret]
  const listener = createListener({
    secrets: () => secrets,
    admit: admission.admit,
    admitsUnsigned: flood.admits,
    onAnswered: (answer) => {
      counters.answered(answer, clock.now())
    },
    log,
  })

  const isAtRest = (): boolean => {
    const counts = jobs.counts()
    return counts.waiting + counts.delayed + counts.active === 0 && worker.isResting()
  }

  const whenIdle = async (): Promise<void> => {
    for (;;) {
      const next = changed.next()
      if (isAtRest()) await keeper.flushNow()
      if (isAtRest() && keeper.isSettled()) return
      if (!isAtRest()) await next
    }
  }

  const stop = async (): Promise<void> => {
    const limit = clock.after(DRAIN_LIMIT_MS, () => {
      ending.abort()
    })
    pruning.stop()
    await closeServer(listener, clock)
    await worker.drain()
    if (!ending.signal.aborted) await keeper.flushNow()
    ending.abort()
    limit.cancel()
    await Promise.all([keeper.stop(), connection.stop()])
    storage.close()
  }

  let address: string
  try {
    const { host, port } = webhook.listen
    const left = database.transaction(() => jobs.recover(clock.now()))
    if (cache.isOtherFolder) fetchHeldPages(null)
    if (left > 0) log.info({ jobs: left }, 'Taking up what the last run left unfinished')
    address = await listenAt(listener, host, port, where('webhook.listen.port'))
  } catch (error) {
    await closeServer(listener, clock)
    storage.close()
    throw error
  }
  pruning.start()
  connection.start()
  worker.wake()
  keeper.wake()
  const triggers = Object.keys(webhook.triggers)
  if (triggers.length > 0) log.warn({ triggers }, 'Triggers are accepted in the settings, but not run yet')

  return {
    webhookUrl: `${address}${WEBHOOK_PATH}`,
    status: () =>
      assembleStatus({
        jobs: jobs.counts(),
        failures: jobs.failures(),
        metrics: counters.metrics(),
        lastEventAt: counters.lastEventAt() ?? events.lastReceivedAt(),
        isPaired: secrets.length > 0,
        workspaceName: connection.workspace()?.name ?? null,
        isCatchUpDue: notes.isCatchUpDue(),
        rateLimitedUntil: budget.pausedUntil(),
        trashedDatabases: catalogue.trashed(),
        triggers,
        reported: [...connection.problems(), ...troubles.problems(), ...keeper.problems()],
      }),
    whenIdle,
    stop,
  }
}
