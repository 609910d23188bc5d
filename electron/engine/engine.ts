import type { CallHandlers } from '../../shared/bridge.ts'
import type { EngineStatus } from '../../shared/status.ts'
import { openCache } from './cache/cache.ts'
import { cacheFolders } from './cache/folders.ts'
import { createDiagnosisCalls } from './diagnosis/door.ts'
import { type Clock, systemClock } from './foundation/clock.ts'
import { type Disk, systemDisk } from './foundation/disk.ts'
import { createGroupCommit } from './foundation/group-commit.ts'
import { closeServer, listenAt } from './foundation/listening.ts'
import type { Log } from './foundation/log.ts'
import { createOrderlyEnd } from './foundation/orderly-end.ts'
import { createRedactor, type Redactor } from './foundation/redaction.ts'
import { openStorage } from './foundation/storage.ts'
import { createFilterView } from './intake/filter-view.ts'
import { WEBHOOK_PATH } from './intake/listener.ts'
import type { PairingChange } from './intake/pairing.ts'
import { createPairingCalls } from './intake/pairing-calls.ts'
import { MIGRATIONS } from './queue/migrations.ts'
import { openNotion } from './notion/open.ts'
import type { NotionRequests } from './notion/sdk.ts'
import { createConnection } from './processors/connection.ts'
import { createPlanner } from './processors/planner.ts'
import { storeBeginning } from './queue/beginning.ts'
import { createCalls } from './queue/calls.ts'
import type { ClaimedJob } from './queue/job-store.ts'
import { openQueue } from './queue/queue.ts'
import { createTakingUp } from './queue/taking-up.ts'
import type { LoadedSettings } from './settings/load.ts'
import { openSecrets, tunnelToken } from './settings/tokens.ts'
import { createCounters } from './status/counters.ts'
import { createLoopDelay } from './status/loop-delay.ts'
import { createReports } from './status/reports.ts'
import { createTroubles } from './status/troubles.ts'
import { openPublicSide } from './tunnel/public-side.ts'
import type { ProviderAt } from './tunnel/tunnel.ts'
import { createCrew } from './worker/crew.ts'

export { diagnoseBesideEngine, diagnoseWithoutEngine, type WithoutEngine } from './diagnosis/door.ts'
export { systemClock } from './foundation/clock.ts'
export { readTextNow, systemDisk } from './foundation/disk.ts'
export { errorCode, errorText, StartError } from './foundation/errors.ts'
export { refusedByDisk } from './foundation/refused-work.ts'
export { createHttpServer, type FastifyInstance } from './foundation/http-server.ts'
export { closeServer, listenAt } from './foundation/listening.ts'
export { isDataFolderLocked } from './foundation/storage.ts'
export { createLog } from './foundation/log.ts'
export { createLogFile } from './foundation/log-file.ts'
export { createRedactor, type Redactor } from './foundation/redaction.ts'
export { useSystemProxy } from './foundation/system-network.ts'
export type { PairingChange } from './intake/pairing.ts'

/** A running engine: deliveries in, JSON files out. */
export interface Engine {
  /** Where deliveries are accepted: `http://host:port/webhooks/notion`. */
  readonly webhookUrl: string
  status(): EngineStatus
  /** The metrics in the text format of Prometheus. */
  metrics(): Promise<string>
  /** What people can ask of it. */
  readonly calls: CallHandlers
  /** Resolves when nothing is left to do, database files written (or found to be impossible to write). */
  whenIdle(): Promise<void>
  /** Drains, in 10 s at most: takes no more, ends what is active, writes the files. False: the disk did not answer. */
  stop(): Promise<boolean>
}

export interface EngineOptions {
  readonly loaded: LoadedSettings
  /** Where the queue and the record index live. */
  readonly dataFolder: string
  readonly log: Log
  /** Learns what turns out to be a secret while the engine runs: the log's own, or one of another output. */
  readonly redactor?: Redactor
  readonly clock?: Clock
  /** Where side effects leave the engine: a test counts them, and makes the nth one fail. */
  readonly seams?: EngineSeams
  /** Encrypts the file that keeps what was paired; null: it is only this user's. */
  readonly secretsKey?: string | null
  /** A token came while pairing is open, or a secret was confirmed. */
  readonly onPairing?: (change: PairingChange) => void
  /** The public address of the webhook is known to lead here; told again where it becomes another one. */
  readonly onReachable?: (address: string) => void
}

export interface EngineSeams {
  readonly disk?: Disk
  readonly requests?: (requests: NotionRequests) => NotionRequests
  readonly beforeCommit?: () => void
  readonly tunnel?: ProviderAt
}

/**
 * Starts an engine. Rejects with a StartError or SettingsError; before a port is touched, where folders or another
 * engine are the reason. Does not wait for Notion.
 */
export const startEngine = async (options: EngineOptions): Promise<Engine> => {
  const { loaded, dataFolder, log, clock = systemClock, seams = {}, redactor = createRedactor() } = options
  const disk = seams.disk ?? systemDisk
  const { settings, where } = loaded
  const { webhook, notion: notionSettings } = settings
  const folders = cacheFolders(settings.cache.folder)
  const storage = await openStorage({
    disk,
    dataFolder,
    cacheFolder: folders.root,
    cacheLock: folders.lock,
    whereCache: where('cache.folder'),
    migrations: MIGRATIONS,
    now: clock.now(),
    beforeCommit: seams.beforeCommit,
  })
  const { database } = storage
  const commits = createGroupCommit(database, clock.monotonicMs)
  const counters = createCounters()
  const { tell, problems: troubles } = createTroubles()
  const ending = new AbortController()
  const loopDelay = createLoopDelay()

  const closed = (error: unknown): never => {
    throw storage.closedBy(error)
  }
  const toSecrets = { disk, dataFolder, passphrase: options.secretsKey ?? null, learn: redactor.learn, loaded }
  const { secrets, token, tokenCalls } = await openSecrets(toSecrets).catch(closed)
  const cache = await openCache({
    database,
    commits,
    disk,
    folders,
    watched: webhook.databases,
    clock,
    log,
    wantTitles: (pageIds) => {
      events.enqueueTitles(pageIds, clock.now())
    },
  }).catch(closed)
  const { catalogue, watchList, records, keeper } = cache

  const stage = openNotion({
    settings: notionSettings,
    token,
    clock,
    signal: ending.signal,
    seam: seams.requests,
    tell: tell('notion'),
  })
  const { notion, budget } = stage

  const { events, jobs, notes, people, pruning } = openQueue({
    database,
    commits,
    clock,
    log,
    queueSize: webhook.processing.queueSize,
    quietMs: webhook.debouncing.pageUpdatesMs,
  })

  const takingUp = createTakingUp({ ...cache, database, commits, events, clock })
  const { worker, flow, whenIdle } = createCrew<ClaimedJob>({
    jobs,
    commits,
    applier: cache.applier,
    ...takingUp,
    plan: createPlanner({
      notion,
      catalogue,
      watchList,
      records,
      readFile: cache.readFile,
      now: clock.now,
      withContent: settings.cache.content,
    }),
    isEnding: () => ending.signal.aborted,
    retryAttempts: webhook.processing.retryAttempts,
    concurrency: webhook.processing.workers,
    random: Math.random,
    clock,
    log,
    pause: { get: notes.pause },
    rateLimitedUntil: budget.pausedUntil,
    probes: { ...stage, heldEntities: records.heldEntities },
    probeDisk: cache.probeDisk,
    counters,
    tell,
    files: keeper,
    openJobs: jobs.open,
  })

  const connection = createConnection({
    notion,
    catalogue,
    watchList,
    clock,
    log,
    signal: ending.signal,
    outageOver: () => flow.outageOver(ending.signal),
    learn: async (facts) => {
      await takingUp.learnNow(facts)
      worker.wake()
      keeper.wake()
    },
  })

  const workspaceId = (): string | null => connection.workspace()?.id ?? null
  const { listener, pairing, isPaired, tunnel, problems } = await openPublicSide({
    loaded,
    authtoken: tunnelToken(loaded, secrets),
    notion,
    secrets,
    workspaceId,
    learnSecret: redactor.learn,
    onPairing: options.onPairing,
    onReachable: options.onReachable,
    providerAt: seams.tunnel,
    view: createFilterView(catalogue, watchList, records, workspaceId, (id) => events.hasJob({ kind: 'page', id })),
    events,
    notes,
    commits,
    clock,
    log,
    onQueued: worker.wake,
    onTrouble: tell('storing'),
    onAnswered: (answer) => {
      counters.answered(answer, clock.now())
    },
  })

  const stop = createOrderlyEnd({
    clock,
    log,
    ending,
    stopAtOnce: [pruning.stop, flow.stop, loopDelay.stop],
    drain: async () => {
      await closeServer(listener, clock)
      await Promise.all([worker.drain(), tunnel.stop()])
      if (!ending.signal.aborted) await keeper.flushNow()
    },
    comeToRest: () => Promise.all([keeper.stop(), connection.stop(), pairing.stop()]),
    close: storage.close,
  })

  let webhookUrl: string
  try {
    const left = database.transaction(() => {
      storeBeginning({ ...takingUp, notes, log }, { folder: cache.folder, setAside: storage.setAside }, clock.now())
      cache.settleFolder()
      return jobs.recover(clock.now())
    })
    if (left > 0) log.info({ jobs: left }, 'Taking up what the last run left unfinished')
    const { host, port } = webhook.listen
    webhookUrl = `${await listenAt(listener, host, port, where('webhook.listen.port'))}${WEBHOOK_PATH}`
  } catch (error) {
    await closeServer(listener, clock)
    return closed(error)
  }
  pruning.start()
  connection.start()
  tunnel.start(webhookUrl)
  worker.wake()
  keeper.wake()
  const triggers = Object.keys(webhook.triggers)
  if (triggers.length > 0) log.warn({ triggers }, 'Triggers are accepted in the settings, but not run yet')

  const reports = createReports({
    clock,
    counters,
    loopDelay,
    facts: () => ({
      jobs: jobs.counts(),
      failures: jobs.failures(),
      isPaired: isPaired(),
      workspaceName: connection.workspace()?.name ?? null,
      isCatchUpDue: notes.isCatchUpDue(),
      reach: tunnel.reach(),
      lostQueue: notes.hasLoss() ? storage.setAside : null,
      flushingMs: commits.flushingMs(),
      isQueueFull: events.isFull(),
      hold: flow.hold(),
      trashedDatabases: catalogue.trashed(),
      triggers,
      reported: [...problems(), ...connection.problems(), ...troubles(), ...keeper.problems()],
    }),
    lastReceivedAt: events.lastReceivedAt,
    nextDueAt: jobs.nextDueAt,
    requests: budget.usage,
    diskBytes: storage.sizes,
  })

  return {
    webhookUrl,
    ...reports,
    calls: {
      ...createCalls({ people, notes, commits, clock, wake: worker.wake, whenIdle, unwritten: keeper.problems }),
      ...createPairingCalls(pairing, where('webhook.secret'), webhook.secret !== null),
      ...createDiagnosisCalls({ settings, dataFolder, disk, clock, redactor, cache, jobs, stage, listener, reports }),
      ...tokenCalls,
    },
    whenIdle,
    stop,
  }
}
