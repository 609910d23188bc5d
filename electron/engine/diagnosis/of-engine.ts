import { homedir } from 'node:os'
import type { CallInput, CallOutput } from '../../../shared/bridge.ts'
import { type BundleFile, type Check, CHECK_NAMES } from '../../../shared/diagnosis.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { EngineStatus, Problem } from '../../../shared/status.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../foundation/clock.ts'
import type { Disk } from '../foundation/disk.ts'
import type { FastifyInstance } from '../foundation/http-server.ts'
import type { Redactor } from '../foundation/redaction.ts'
import { WEBHOOK_PATH } from '../intake/listener.ts'
import type { NotionStage } from '../notion/open.ts'
import type { JobStore } from '../queue/job-store.ts'
import type { Reports } from '../status/reports.ts'
import { failed, notice, ok } from './check.ts'
import { diskCheck } from './disk-check.ts'
import { jsonFile, logFile, textFile } from './files.ts'
import { notionChecks } from './notion-checks.ts'
import { createPresentable } from '../settings/presentable.ts'
import { reachChecks } from './reach-checks.ts'

export interface DiagnosisParts {
  readonly settings: Settings
  readonly dataFolder: string
  readonly disk: Disk
  readonly clock: Clock
  /** Knows every secret of this run. */
  readonly redactor: Redactor
  readonly cache: Cache
  readonly jobs: JobStore
  readonly stage: NotionStage
  readonly listener: FastifyInstance
  readonly reports: Reports
}

export const NOT_PAIRED = 'but no secret is paired, so every delivery is refused. Pair: npm run headless -- pair.'

/** What is refused although it may be Notion's: see `RefusedDeliveries`. */
const REFUSING: ReadonlySet<string> = new Set([
  'deliveries-refused',
  'former-subscription',
  'token-unconfirmed',
  'pairing-unkept',
])

/** The one to tell of these problems; a failure is not hidden by what is only worth knowing. */
export const refusingProblem = (problems: readonly Problem[]): Problem | undefined => {
  const found = problems.filter(({ code }) => REFUSING.has(code))
  return found.find(({ severity }) => severity === 'failure') ?? found[0]
}

const listenerCheck = (listener: FastifyInstance, { isPaired, problems }: EngineStatus): Check => {
  if (!listener.server.listening) {
    return failed('listener', 'Deliveries are not listened for any more. Start the program again.')
  }
  const url = `${listener.listeningOrigin}${WEBHOOK_PATH}`
  const refusing = refusingProblem(problems)
  if (refusing !== undefined) {
    const tell = refusing.severity === 'failure' ? failed : notice
    return tell('listener', `It listens at ${url}. ${refusing.message}`)
  }
  return isPaired
    ? ok('listener', `Deliveries are accepted at ${url}.`)
    : failed('listener', `It listens at ${url}, ${NOT_PAIRED}`)
}

/** In the order in which they are told. */
export const inOrder = (checks: readonly Check[]): Check[] =>
  checks.toSorted((a, b) => CHECK_NAMES.indexOf(a.name) - CHECK_NAMES.indexOf(b.name))

/** The running engine’s look at itself: through its own Notion client, under its rate budget. */
export const diagnoseEngine = async (
  parts: DiagnosisParts,
  { with_files: withFiles }: CallInput<'diagnose'>,
): Promise<CallOutput<'diagnose'>> => {
  const { settings, dataFolder, disk, clock, cache, jobs, stage, listener, reports } = parts
  const { redact } = parts.redactor

  const known = (entry: string) =>
    cache.catalogue
      .all()
      .filter((source) => cache.watchList.naming(source).includes(entry))
      .map(({ sourceId }) => sourceId)

  const looked = async (): Promise<readonly Check[]> => {
    const [ofNotion, ofDisk] = await Promise.all([
      notionChecks({
        until: stage.until,
        clockAheadMs: stage.clockAheadMs,
        pausedUntil: stage.budget.pausedUntil,
        entries: settings.webhook.databases,
        known,
        clock,
      }),
      diskCheck({ disk, clock, folders: [dataFolder, settings.cache.folder], tryWriting: cache.probeDisk }),
    ])
    const status = reports.status()
    const ofListener = listenerCheck(listener, status)
    return inOrder([...ofNotion, ofListener, ...reachChecks(status.reach), ofDisk.check])
  }

  const files = async (): Promise<readonly BundleFile[]> => [
    jsonFile('status.json', reports.status()),
    jsonFile('queue.json', { jobs: jobs.counts(), failures: jobs.failureCodes() }),
    ...(await Promise.all([textFile(clock, 'metrics.txt', reports.metrics), logFile(disk, clock, dataFolder)])),
  ]

  const [checks, found] = await Promise.all([looked(), withFiles ? files() : []])
  const presentable = createPresentable({ redact, homeFolder: homedir() })
  return {
    checks: checks.map((check) => ({ ...check, message: redact(check.message) })),
    files: found.map(({ name, text }) => ({ name, text: presentable(text) })),
  }
}
