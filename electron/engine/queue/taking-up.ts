import type { NotionId } from '../../../shared/ids.ts'
import type { Catalogue, SourceFacts } from '../cache/catalogue.ts'
import type { PageTitle, RecordIndex } from '../cache/record-index.ts'
import type { Clock } from '../foundation/clock.ts'
import type { Database } from '../foundation/database.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { EventStore } from './event-store.ts'

/** Jobs of our own that follow from what was found out about databases; within a transaction or with one of its own. */
export interface TakingUp {
  /** Stores what was looked up. Events of a source that turns out to be watched are taken up; pages of a moved one fetched. */
  learn(facts: readonly SourceFacts[]): void
  /** The same in a commit of its own; resolves when it is on the disk. */
  learnNow(facts: readonly SourceFacts[]): Promise<void>
  /** Stores titles of pages that are not held. */
  learnTitles(titles: readonly PageTitle[]): void
  /** Fetches what is held of a data source; null: all of it. */
  fetchHeldPages(sourceId: NotionId | null): void
}

export interface TakingUpParts {
  readonly database: Database
  readonly commits: Pick<GroupCommit, 'run'>
  readonly events: EventStore
  readonly catalogue: Catalogue
  readonly records: RecordIndex
  readonly clock: Clock
}

export const createTakingUp = ({ database, commits, events, catalogue, records, clock }: TakingUpParts): TakingUp => {
  const fetchHeldPages = (sourceId: NotionId | null): void => {
    database.transaction(() => {
      for (const id of records.heldPages(sourceId)) events.enqueueInternal({ kind: 'page', id }, clock.now())
    })
  }

  const hasMoved = ({ sourceId, databaseId }: SourceFacts): boolean => {
    const before = catalogue.source(sourceId)
    return before !== null && before.databaseId !== databaseId
  }

  const learn = (facts: readonly SourceFacts[]): void => {
    const moved = facts.filter(hasMoved)
    const watched = catalogue.learn(facts)
    for (const { sourceId } of moved) fetchHeldPages(sourceId)
    for (const { sourceId, databaseId } of watched) {
      events.readmit(sourceId, clock.now())
      events.readmit(databaseId, clock.now())
    }
  }

  return {
    fetchHeldPages,
    learnTitles: (titles) => {
      records.storeTitles(titles, clock.now())
    },
    learn,
    learnNow: (facts) =>
      commits.run(() => {
        learn(facts)
      }),
  }
}
