import type { BundleFile, Check } from '../../../shared/diagnosis.ts'
import { cacheFolders } from '../cache/folders.ts'
import type { Clock } from '../foundation/clock.ts'
import { within } from '../foundation/deadline.ts'
import type { Disk } from '../foundation/disk.ts'
import { StartError } from '../foundation/errors.ts'
import { tryFolder } from '../foundation/folder-trial.ts'
import { createHttpServer } from '../foundation/http-server.ts'
import { closeServer, listenAt } from '../foundation/listening.ts'
import { databaseIn, outlookOfStart, type StartOutlook } from '../foundation/storage.ts'
import { openNotion } from '../notion/open.ts'
import { MIGRATIONS } from '../queue/migrations.ts'
import { type LoadedSettings, SettingsError } from '../settings/load.ts'
import { openSecretStore, type SecretStore } from '../settings/secret-store.ts'
import { needToken } from '../settings/tokens.ts'
import { CHECK_LIMIT_MS, failed, LATE, notice, ok, skipped } from './check.ts'
import { diskCheck, existingFolder } from './disk-check.ts'
import { logFile } from './files.ts'
import { notionChecks } from './notion-checks.ts'
import { inOrder, NOT_PAIRED } from './of-engine.ts'
import { plannedReachChecks } from './reach-checks.ts'

export interface WithoutEngineOptions {
  /** Null: they cannot be read. */
  readonly loaded: LoadedSettings | null
  readonly dataFolder: string
  readonly disk: Disk
  readonly clock: Clock
  /** Opens the secrets file where that is encrypted. */
  readonly passphrase: string | null
  /** Told of each secret that is found. */
  readonly learn: (secret: string) => void
  readonly withFiles: boolean
}

export interface WithoutEngine {
  readonly checks: readonly Check[]
  readonly files: readonly BundleFile[]
  /** A call waits for a disk that does not answer: this process cannot end in order. */
  readonly isDiskSilent: boolean
}

const UNREAD = 'the settings cannot be read'

/** What is kept, or the sentence that says why it cannot be read. Opening a store may write to it: here that is left. */
const keptSecrets = ({ disk, dataFolder, clock, passphrase, learn }: WithoutEngineOptions) => {
  const nothing = () => Promise.resolve()
  const unwritten: Disk = { ...disk, writePrivate: nothing, makePrivate: nothing, flushFolder: nothing }
  return within<SecretStore | string>(
    clock,
    CHECK_LIMIT_MS,
    () =>
      openSecretStore({ disk: unwritten, dataFolder, passphrase, learn }).catch((error: unknown) => {
        if (error instanceof StartError) return error.message
        throw error
      }),
    () => `The secrets file in ${dataFolder} ${LATE}. Check whether its disk is connected and healthy.`,
  )
}

const withoutToken = (message: string): readonly Check[] => [
  failed('token', message),
  ...(['workspace', 'databases', 'clock'] as const).map((name) => skipped(name, 'there is no token to ask with')),
]

const notionChecksAlone = async (
  loaded: LoadedSettings,
  kept: SecretStore | string,
  clock: Clock,
): Promise<readonly Check[]> => {
  // An engine does not start without them, even where the settings give a token.
  if (typeof kept === 'string') return withoutToken(kept)
  const ending = new AbortController()
  try {
    const { until, clockAheadMs, budget } = openNotion({
      settings: loaded.settings.notion,
      token: needToken(loaded, kept),
      clock,
      signal: ending.signal,
      tell: () => undefined,
      seam: undefined,
    })
    return await notionChecks({
      until,
      clockAheadMs,
      pausedUntil: budget.pausedUntil,
      entries: loaded.settings.webhook.databases,
      known: () => [],
      clock,
    })
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return withoutToken(error.message)
  } finally {
    // What is still on its way would keep the process alive.
    ending.abort()
  }
}

/** Whether the port can be had: it is taken for a moment. */
const listenerCheckAlone = (
  { settings, where }: LoadedSettings,
  kept: SecretStore | string,
  clock: Clock,
): Promise<Check> => {
  const hasSecret = settings.webhook.secret !== null || typeof kept === 'string' || kept.paired().length > 0
  const { host, port } = settings.webhook.listen
  const shown = `${host}:${port}`
  return within<Check>(
    clock,
    CHECK_LIMIT_MS,
    async () => {
      const server = createHttpServer({ bodyLimitBytes: 1, requestTimeoutMs: CHECK_LIMIT_MS })
      try {
        await listenAt(server, host, port, where('webhook.listen.port'))
        const free = port === 0 ? `A free port can be had at ${host}` : `${shown} is free for deliveries`
        return hasSecret ? ok('listener', `${free}.`) : notice('listener', `${free}, ${NOT_PAIRED}`)
      } catch (error) {
        if (error instanceof StartError) return failed('listener', error.message)
        throw error
      } finally {
        await closeServer(server, clock)
      }
    },
    () => failed('listener', `${shown}: the system ${LATE}.`),
  )
}

const PLACES = ['token', 'workspace', 'databases', 'listener', 'tunnel', 'probe', 'clock'] as const

const checksOf = async (options: WithoutEngineOptions): Promise<readonly Check[]> => {
  const { loaded, clock } = options
  const kept = await keptSecrets(options)
  if (loaded === null) return PLACES.map((name) => skipped(name, UNREAD))
  const [ofNotion, ofListener] = await Promise.all([
    notionChecksAlone(loaded, kept, clock),
    listenerCheckAlone(loaded, kept, clock),
  ])
  return [...ofNotion, ofListener, ...plannedReachChecks(loaded.settings.tunnel)]
}

/** Null: nothing stands in the way. */
const outlookCheck = (outlook: StartOutlook, path: string): Check | null => {
  switch (outlook.kind) {
    case 'usable':
      return null
    case 'refused':
      return failed('disk', outlook.error.message)
    case 'damaged':
      return failed(
        'disk',
        `${path} is damaged. A start sets it aside, never deletes it, and begins an empty one: updates that had been accepted may be missing until their pages change again. Check the disk before you start.`,
      )
    case 'unseen':
      return notice(
        'disk',
        `Whether a start can use ${path} is not known: a program that was killed left ${path}-wal, which cannot be read here without ${path}-shm, and that is missing. A start makes it, and tells.`,
      )
    default:
      return outlook satisfies never
  }
}

/** Without settings only the data folder is known. */
const diskCheckAlone = async ({ loaded, dataFolder, disk, clock }: WithoutEngineOptions) => {
  const folders = [dataFolder, ...(loaded === null ? [] : [loaded.settings.cache.folder])]
  const tryWriting = async (): Promise<void> => {
    for (const folder of folders) await tryFolder(disk, await existingFolder(disk, folder))
  }
  return diskCheck({ disk, clock, folders, tryWriting })
}

/** What was found of the disk, and what a start would come to with what lies on it. */
const withOutlook = async ({ loaded, dataFolder, disk }: WithoutEngineOptions, found: Check): Promise<Check> => {
  if (found.outcome === 'failed') return found
  const root = loaded?.settings.cache.folder ?? null
  const cache = root === null ? null : { cacheFolder: root, cacheLock: cacheFolders(root).lock }
  const outlook = await outlookOfStart({ disk, dataFolder, migrations: MIGRATIONS, cache })
  const check = outlookCheck(outlook, databaseIn(dataFolder))
  if (check !== null) return check
  return loaded === null ? notice('disk', `${found.message} The cache folder was not checked: ${UNREAD}.`) : found
}

/** The same checks where no engine runs: nothing is started, and nothing stays. */
export const lookWithoutEngine = async (options: WithoutEngineOptions): Promise<WithoutEngine> => {
  const { dataFolder, disk, clock, withFiles } = options
  const [others, ofDisk, log] = await Promise.all([
    checksOf(options),
    diskCheckAlone(options),
    withFiles ? logFile(disk, clock, dataFolder) : null,
  ])
  // Last, because a large database holds this thread: the others would seem to be late.
  const check = await withOutlook(options, ofDisk.check)
  return {
    checks: inOrder([...others, check]),
    files: log === null ? [] : [log],
    isDiskSilent: ofDisk.isSilent,
  }
}

/**
 * Beside an engine that cannot be asked: what is on the disk, and needs neither it nor a lock. Its settings and its
 * secrets file are its own; what it holds in memory alone is known by its shape at best.
 */
export const lookBesideEngine = async (options: WithoutEngineOptions): Promise<WithoutEngine> => {
  const { dataFolder, disk, clock, withFiles } = options
  const [, { check, isSilent }, log] = await Promise.all([
    keptSecrets(options),
    diskCheckAlone(options),
    withFiles ? logFile(disk, clock, dataFolder) : null,
  ])
  return { checks: [check], files: log === null ? [] : [log], isDiskSilent: isSilent }
}
