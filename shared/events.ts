import { z } from 'zod'

/**
 * The 31 event types that Notion's webhook reference lists (API versions 2022-06-28 to 2026-03-11).
 * The list grows at Notion: a type that is not here is stored as ignored, never refused.
 */
export const EVENT_TYPES = [
  'page.created',
  'page.content_updated',
  'page.properties_updated',
  'page.moved',
  'page.deleted',
  'page.undeleted',
  'page.locked',
  'page.unlocked',
  'page.transcription_block.transcript_deleted',
  'database.created',
  'database.content_updated',
  'database.schema_updated',
  'database.moved',
  'database.deleted',
  'database.undeleted',
  'data_source.created',
  'data_source.content_updated',
  'data_source.schema_updated',
  'data_source.moved',
  'data_source.deleted',
  'data_source.undeleted',
  'comment.created',
  'comment.updated',
  'comment.deleted',
  'view.created',
  'view.updated',
  'view.deleted',
  'file_upload.created',
  'file_upload.completed',
  'file_upload.expired',
  'file_upload.upload_failed',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPES)

export const isEventType = (text: string): text is EventType => KNOWN.has(text)

/** The specification's names for groups of types. `page.created` and `page.deleted` are Notion's own names as well. */
export const EVENT_ALIASES = {
  'page.updated': [
    'page.content_updated',
    'page.properties_updated',
    'page.moved',
    'page.locked',
    'page.unlocked',
    'page.undeleted',
  ],
  'database.updated': [
    'database.content_updated',
    'database.schema_updated',
    'database.moved',
    'database.undeleted',
    'data_source.content_updated',
    'data_source.schema_updated',
    'data_source.moved',
    'data_source.undeleted',
  ],
} as const satisfies Record<string, readonly EventType[]>

export type EventAlias = keyof typeof EVENT_ALIASES

export const EVENT_NAMES = [...EVENT_TYPES, ...(Object.keys(EVENT_ALIASES) as EventAlias[])] as readonly (
  | EventType
  | EventAlias
)[]

/** Expands the specification's aliases. Takes names as settings hold them; gives each Notion type once. */
export const expandEventNames = (names: readonly (EventType | EventAlias)[]): ReadonlySet<EventType> =>
  new Set(names.flatMap((name) => (name in EVENT_ALIASES ? EVENT_ALIASES[name as EventAlias] : [name as EventType])))

const optionalText = z.string().optional().catch(undefined)

const parentSchema = z
  .looseObject({ id: optionalText, type: optionalText, data_source_id: optionalText, database_id: optionalText })
  .optional()
  .catch(undefined)

/**
 * What an event's body is relied on for. Only `id` and `type` are certain (production deliveries have been seen
 * without `data`, and with a `parent` that lacks its `type`), so everything else falls back to undefined.
 */
export const eventBodySchema = z.looseObject({
  id: z.string().min(1).max(200),
  type: z.string().min(1).max(200),
  timestamp: optionalText,
  workspace_id: optionalText,
  entity: z.looseObject({ id: optionalText, type: optionalText }).optional().catch(undefined),
  data: z.looseObject({ parent: parentSchema }).optional().catch(undefined),
})

export type EventBody = z.infer<typeof eventBodySchema>
