import { type EventBody, type EventType, isEventType } from '../../../shared/events.ts'
import { isSameId } from '../../../shared/ids.ts'
import type { Entity } from '../../../shared/entities.ts'
import { answerTo } from '../processors/registry.ts'
import { UNWATCHED } from '../queue/event-store.ts'
import { entityOf, placeOf } from './received-event.ts'

/** What the filter has to know of the world; each answer is of this moment. */
export interface FilterView {
  /** Null as long as Notion has not said which workspace the token belongs to. */
  readonly workspaceId: () => string | null
  readonly sourceVerdict: (sourceId: string) => Verdict
  readonly databaseVerdict: (databaseId: string) => Verdict
  /** True while a title of the settings is not resolved: an unknown database may then be a watched one. */
  readonly isAnyUnresolved: () => boolean
  /** Pages in the cache, and those about to be: `page.moved` names only where a page went. */
  readonly holds: (pageId: string) => boolean
}

export type Verdict = 'watched' | 'not-watched' | 'unknown'

export type FilterResult =
  | { readonly passes: true; readonly entity: Entity; readonly sourceId: string | null }
  | {
      readonly passes: false
      readonly reason: string
      readonly entity: Entity | null
      readonly sourceId: string | null
      /** A data source that nobody has looked up: it should be, and the event taken up if it turns out watched. */
      readonly lookUp: Entity | null
    }

/** Decides, without asking anybody, whether something follows from an authentic event. */
export const createFilter = (selected: ReadonlySet<EventType>, view: FilterView) => {
  /** A new data source of a database that is not watched may have a title that is. */
  const placeVerdict = (sourceId: string | null, databaseId: string | null): Verdict => {
    const bySource = sourceId === null ? 'unknown' : view.sourceVerdict(sourceId)
    if (bySource !== 'unknown' || databaseId === null) return bySource
    const byDatabase = view.databaseVerdict(databaseId)
    return sourceId !== null && byDatabase === 'not-watched' ? 'unknown' : byDatabase
  }

  const pageResult = (entity: Entity, body: EventBody): FilterResult => {
    const { sourceId, databaseId } = placeOf(body)
    const place = sourceId ?? databaseId
    const passes: FilterResult = { passes: true, entity, sourceId: place }
    if (place === null) return passes
    const verdict = placeVerdict(sourceId, databaseId)
    if (verdict === 'watched') return passes
    if (verdict === 'unknown' && view.isAnyUnresolved()) return passes
    if (view.holds(entity.id)) return passes
    const lookUp: Entity | null =
      verdict === 'unknown' ? { kind: sourceId === null ? 'database' : 'data_source', id: place } : null
    return { passes: false, reason: UNWATCHED, entity, sourceId: place, lookUp }
  }

  const containerResult = (entity: Entity): FilterResult => {
    const verdict = entity.kind === 'database' ? view.databaseVerdict(entity.id) : view.sourceVerdict(entity.id)
    const sourceId = entity.id
    // A database that is not watched may be renamed into a watched title.
    if (verdict !== 'not-watched' || view.isAnyUnresolved()) return { passes: true, entity, sourceId }
    return { passes: false, reason: UNWATCHED, entity, sourceId, lookUp: null }
  }

  const drop = (reason: string, entity: Entity | null = null): FilterResult => ({
    passes: false,
    reason,
    entity,
    sourceId: null,
    lookUp: null,
  })

  const isForeign = (body: EventBody): boolean => {
    const ours = view.workspaceId()
    if (ours === null || body.workspace_id === undefined) return false
    return !isSameId(ours, body.workspace_id)
  }

  return (body: EventBody): FilterResult => {
    if (isForeign(body)) return drop('event of another workspace')
    if (!isEventType(body.type)) return drop('unknown event type')
    const answer = answerTo(body.type)
    if ('ignored' in answer) return drop(answer.ignored)
    const entity = entityOf(body, answer.processor)
    if (entity === null) return drop('the event names nothing that it is about')
    if (!selected.has(body.type) && answer.isSchemaChange !== true) {
      const refused = drop('event type not selected', entity)
      // Nothing follows from the event, but where its database is now has to be known.
      return answer.isToldAlways === true && !refused.passes ? { ...refused, lookUp: entity } : refused
    }
    return entity.kind === 'page' ? pageResult(entity, body) : containerResult(entity)
  }
}

export type Filter = ReturnType<typeof createFilter>
