import type { Failure } from '../../../shared/failures.ts'
import type { NotionId } from '../../../shared/ids.ts'
import type { NotionPage, PageFile } from '../../../shared/records.ts'
import type { Catalogue, KnownSource, SourceFacts } from '../cache/catalogue.ts'
import { flatRecord, titleOf } from '../cache/flat-record.ts'
import type { HeldRecord, RecordIndex } from '../cache/record-index.ts'
import type { RemoveChange } from '../cache/plan.ts'
import type { WatchList } from '../cache/watch.ts'
import { isoTime } from '../foundation/clock.ts'
import type { Answer, Notion } from '../notion/client.ts'
import { isAboutObject } from '../notion/failures.ts'
import { fingerprintOf } from './fingerprint.ts'
import { lookUpDatabase, lookUpSource, outOfReach } from './look-up.ts'
import { completeReferences, decisive, fetchContent, parentOf } from './page-parts.ts'
import { done, type PlanResult } from './planned.ts'

export interface PageParts {
  readonly notion: Notion
  readonly catalogue: Catalogue
  readonly watchList: WatchList
  readonly records: RecordIndex
  /** The page file that stands in the cache; null where none can be read. */
  readonly readFile: (record: HeldRecord) => Promise<PageFile | null>
  readonly now: () => number
  readonly withContent: boolean
}

interface Place {
  readonly source: KnownSource
  readonly learned: readonly SourceFacts[]
}

/** The newest state of a page at Notion, as a change of its record. Which event asked for it makes no difference. */
export const planPage = async (parts: PageParts, pageId: NotionId, eventId: string): Promise<PlanResult> => {
  const { notion, catalogue, watchList, records } = parts
  const known = records.record(pageId)
  const held = known === null || known.isRemoved ? null : known

  const remove = (record: HeldRecord, reason: RemoveChange['reason'], learned: readonly SourceFacts[]): PlanResult => ({
    ok: true,
    planned: {
      change: { kind: 'remove', pageId, baseRevision: record.revision, reason },
      outcome: 'removed',
      reason,
      learned,
      failure: null,
    },
  })

  /** A missing page is gone only where its database is not: else access was withdrawn, which removes nothing. */
  const planMissing = async (record: HeldRecord): Promise<PlanResult> => {
    for (const answer of [await notion.dataSource(record.sourceId), await notion.database(record.databaseId)]) {
      if (answer.ok) continue
      if (answer.failure.about === 'way') return { ok: false, failure: answer.failure }
      return { ok: false, failure: outOfReach(`the page “${record.title}”, and its database neither`) }
    }
    return remove(record, 'gone or no longer shared', [])
  }

  const placeOf = async (page: NotionPage): Promise<Answer<Place | null>> => {
    const { sourceId, databaseId } = parentOf(page)
    const source = sourceId === null ? null : catalogue.source(sourceId)
    const isWhereItWas = databaseId === null || databaseId === source?.databaseId
    if (source !== null && isWhereItWas) return { ok: true, value: { source, learned: [] } }
    if (sourceId === null && databaseId === null) return { ok: true, value: null }
    const facts = await lookUpParent(notion, sourceId, databaseId)
    if (!facts.ok) return isAboutObject(facts.failure) ? { ok: true, value: null } : facts
    const own = facts.value.find((entry) => entry.sourceId === sourceId) ?? facts.value[0]
    if (own === undefined) return { ok: true, value: null }
    return { ok: true, value: { source: { ...own, isWatched: watchList.isWatched(own) }, learned: facts.value } }
  }

  const planWrite = async (page: NotionPage, { source, learned }: Place): Promise<PlanResult> => {
    if (known !== null && isOlder(page, known)) return { ok: false, failure: olderState(known.title) }
    const before = held === null ? null : await parts.readFile(held)
    const references = await completeReferences(notion, pageId, page, before)
    const { page: complete, fields } = references.value
    const content = parts.withContent ? await fetchContent(notion, pageId, before) : { value: null, failures: [] }
    const flat = flatRecord(complete)
    const failure = decisive([...references.failures, ...content.failures])
    const fingerprint = fingerprintOf(complete, content.value, fields)
    const isUnchanged = held?.fingerprint === fingerprint && held.databaseId === source.databaseId
    if (isUnchanged && before !== null) {
      return { ok: true, planned: { change: null, outcome: 'unchanged', reason: null, learned, failure } }
    }
    const baseRevision = known?.revision ?? 0
    return {
      ok: true,
      planned: {
        change: {
          kind: 'write',
          pageId,
          databaseId: source.databaseId,
          sourceId: source.sourceId,
          title: titleOf(complete),
          baseRevision,
          lastEditedTime: complete.last_edited_time ?? null,
          fingerprint,
          file: {
            page: complete,
            content: content.value,
            sync: {
              // A file that was lost from the folder is put back as it was: that is no change of the record.
              revision: isUnchanged ? baseRevision : baseRevision + 1,
              fetched_at: isoTime(parts.now()),
              event_id: eventId,
              fields,
            },
          },
          flat,
        },
        outcome: 'written',
        reason: null,
        learned,
        failure,
      },
    }
  }

  const answer = await notion.page(pageId)
  if (!answer.ok) {
    if (answer.failure.about !== 'missing object') return { ok: false, failure: answer.failure }
    return held === null ? done('gone', []) : planMissing(held)
  }
  const page = answer.value
  if (page.in_trash === true) return held === null ? done('gone', [], 'in the trash') : remove(held, 'in the trash', [])
  const place = await placeOf(page)
  if (!place.ok) return { ok: false, failure: place.failure }
  if (place.value?.source.isWatched === true) return planWrite(page, place.value)
  const learned = place.value?.learned ?? []
  if (held === null) return done('not-watched', learned)
  // Its database was renamed, or taken out of the settings: that is no move of the page, and removes nothing.
  if (place.value?.source.sourceId === held.sourceId) return done('not-watched', learned, 'no longer watched')
  return remove(held, 'moved out of what is watched', learned)
}

/** Notion’s servers do not all know the newest state at once. Times of one minute are no order: they are rounded down. */
const isOlder = (page: NotionPage, held: HeldRecord): boolean =>
  page.last_edited_time !== undefined &&
  held.lastEditedTime !== null &&
  Date.parse(page.last_edited_time) < Date.parse(held.lastEditedTime)

const olderState = (title: string): Failure => ({
  kind: 'transient',
  code: 'older_state',
  message: `Notion answered with an older state of “${title}” than the one that is stored. The newer one was kept.`,
})

const lookUpParent = async (
  notion: Notion,
  sourceId: NotionId | null,
  databaseId: NotionId | null,
): Promise<Answer<readonly SourceFacts[]>> => {
  if (sourceId === null) return lookUpDatabase(notion, databaseId ?? '')
  const source = await lookUpSource(notion, sourceId)
  return source.ok ? { ok: true, value: [source.value] } : source
}
