import { expect, onTestFinished } from 'vitest'
import type { SourceFacts } from '../../electron/engine/cache/catalogue.ts'
import { type Connection, createConnection } from '../../electron/engine/processors/connection.ts'
import type { CachedWorkspace } from './cached-workspace.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { notionAt } from './notion-at.ts'
import { createRecordedLog } from './recorded-log.ts'

/** A workspace with the connection of an engine to it; the connection ends with the test. */
export interface Connected extends CachedWorkspace {
  readonly connection: Connection
  /** From now until `end` is called the queue stands still for an outage. */
  readonly beginOutage: () => { readonly end: () => void }
  /** Starts; resolves when a round ended: everything is known, or it sleeps until the next one. */
  readonly round: () => Promise<void>
  /** Moves time to just before the next round, then to it; resolves when that round has ended. */
  readonly nextRound: (afterMs: number) => Promise<void>
  readonly log: ReturnType<typeof createRecordedLog>
  /** The connection's own. */
  readonly clock: ManualClock
}

/** How the disk takes what was learnt; null: as it should. */
type Refusal = (() => Error) | null

export const connect = async (cached: CachedWorkspace, refusals: Refusal[] = []): Promise<Connected> => {
  const clock = createManualClock()
  const ending = new AbortController()
  const log = createRecordedLog()
  let outage: Promise<void> = Promise.resolve()
  const connection = createConnection({
    outageOver: () => outage,
    notion: notionAt(cached.simulator.url, { signal: ending.signal }),
    catalogue: cached.cache.catalogue,
    watchList: cached.cache.watchList,
    clock,
    log,
    signal: ending.signal,
    learn: async (facts: readonly SourceFacts[]) => {
      const refusal = refusals.shift() ?? null
      if (refusal !== null) throw refusal()
      await cached.learn(facts)
    },
  })
  onTestFinished(async () => {
    ending.abort()
    await connection.stop()
  })
  const settled = (asleep: Promise<void>): Promise<void> => Promise.race([asleep, connection.stop()])
  return {
    ...cached,
    clock,
    connection,
    beginOutage: () => {
      const over = Promise.withResolvers<undefined>()
      outage = over.promise.then(() => undefined)
      return {
        end: () => {
          outage = Promise.resolve()
          over.resolve(undefined)
        },
      }
    },
    log,
    round: () => {
      const asleep = clock.nextTimer()
      connection.start()
      return settled(asleep)
    },
    nextRound: (afterMs) => {
      const asked = cached.simulator.requests()
      clock.advance(afterMs - 1)
      expect(cached.simulator.requests()).toBe(asked)
      expect(clock.dueTimes()).toEqual([clock.now() + 1])
      const asleep = clock.nextTimer()
      clock.advance(1)
      return settled(asleep)
    },
  }
}

export const watchedTitles = ({ cache }: CachedWorkspace): readonly string[] =>
  cache.catalogue
    .all()
    .filter((source) => source.isWatched)
    .map((source) => `${source.databaseTitle} / ${source.sourceTitle}`)
    .toSorted()
