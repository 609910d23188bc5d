import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Cache, openCache } from '../../electron/engine/cache/cache.ts'
import { cacheFolders } from '../../electron/engine/cache/folders.ts'
import type { SourceFacts } from '../../electron/engine/cache/catalogue.ts'
import { MIGRATIONS } from '../../electron/engine/queue/migrations.ts'
import { systemDisk } from '../../electron/engine/foundation/disk.ts'
import { createGroupCommit } from '../../electron/engine/foundation/group-commit.ts'
import { openStorage } from '../../electron/engine/foundation/storage.ts'
import type { Notion } from '../../electron/engine/notion/client.ts'
import type { PlanResult } from '../../electron/engine/processors/planned.ts'
import { createPlanner, type PlannerJob } from '../../electron/engine/processors/planner.ts'
import { type AttemptEnd, runAttempt } from '../../electron/engine/worker/attempt.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../electron/simulator/server.ts'
import type { Workspace } from '../../electron/simulator/workspace.ts'
import { type NotionId, parseNotionId } from '../../shared/ids.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { notionAt } from './notion-at.ts'
import { createRecordedLog } from './recorded-log.ts'
import { temporaryFolder } from './temporary-folder.ts'

type Kind = PlannerJob['entity']['kind']

/** A workspace, the real client, a real cache in a folder and the planner between them, wired like the engine's. */
export interface CachedWorkspace {
  readonly simulator: Simulator
  readonly workspace: Workspace
  readonly notion: Notion
  readonly cache: Cache
  readonly cacheFolder: string
  /** What titles of related pages are dated with. */
  readonly clock: ManualClock
  learn(facts: readonly SourceFacts[]): Promise<void>
  /** Reads and plans, changes nothing. */
  plan(kind: Kind, id: string): Promise<PlanResult>
  /** One attempt as a worker runs it, its end committed. */
  attempt(kind: Kind, id: string): Promise<AttemptEnd>
  revisionOf(pageId: string): number | undefined
  /** Pages whose titles were wanted since this was last asked. */
  takeWantedTitles(): readonly NotionId[]
}

export interface CachedWorkspaceOptions extends Partial<SimulatorOptions> {
  readonly watched: readonly string[]
  readonly withContent?: boolean
}

export const openCachedWorkspace = async (options: CachedWorkspaceOptions): Promise<CachedWorkspace> => {
  const { watched, withContent = true, ...rest } = options
  const clock = createManualClock()
  const simulator = await startSimulator({ seed: 11, pagesPerDatabase: 8, requestsPerMinute: null, ...rest })
  const folder = temporaryFolder()
  const folders = cacheFolders(join(folder, 'cache'))
  const { database, close } = await openStorage({
    disk: systemDisk,
    dataFolder: join(folder, 'data'),
    cacheFolder: folders.root,
    cacheLock: folders.lock,
    whereCache: 'cache.folder',
    migrations: MIGRATIONS,
    now: clock.now(),
  })
  const commits = createGroupCommit(database)
  const wantedTitles: NotionId[] = []
  const cache = await openCache({
    database,
    commits,
    disk: systemDisk,
    folders,
    watched,
    clock,
    log: createRecordedLog(),
    wantTitles: (ids) => {
      wantedTitles.push(...ids)
    },
  })
  const notion = notionAt(simulator.url)
  const { catalogue, watchList, records, applier } = cache
  const planner = createPlanner({
    notion,
    catalogue,
    watchList,
    records,
    readFile: cache.readFile,
    now: clock.now,
    withContent,
  })
  onTestFinished(async () => {
    await simulator.stop()
    await cache.keeper.stop()
    close()
  })

  const storedId = (id: string): string => {
    const stored = parseNotionId(id)
    if (stored === null) throw new Error(`No Notion id: ${id}`)
    return stored
  }

  let jobs = 0
  const plan = (kind: Kind, id: string): Promise<PlanResult> =>
    planner({ entity: { kind, id: storedId(id) }, eventId: `event ${jobs}` })

  return {
    simulator,
    workspace: simulator.workspace,
    notion,
    cache,
    cacheFolder: folders.root,
    clock,
    learn: (facts) =>
      commits.run(() => {
        catalogue.learn(facts)
      }),
    plan,
    attempt: async (kind, id) => {
      jobs += 1
      const end = await runAttempt(
        {
          applier,
          commits,
          plan: () => plan(kind, id),
          learn: catalogue.learn,
          learnTitles: (titles) => {
            records.storeTitles(titles, clock.now())
          },
          onPlanned: () => undefined,
          isEnding: () => false,
        },
        { entity: { kind, id: storedId(id) } },
      )
      await commits.run(() => {
        if (end.kind !== 'interrupted') end.finish()
      })
      return end
    },
    revisionOf: (pageId) => records.record(storedId(pageId))?.revision,
    takeWantedTitles: () => wantedTitles.splice(0),
  }
}
