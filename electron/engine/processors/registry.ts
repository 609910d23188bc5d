import type { EventType } from '../../../shared/events.ts'
import type { Entity } from '../../../shared/entities.ts'

/** What events can be about; titles are asked for by ourselves alone. */
export type EventSubject = Exclude<Entity['kind'], 'title'>

/** What an event type leads to: the processor of the thing that it is about, or nothing, with the reason. */
export type EventAnswer =
  | { readonly processor: EventSubject; readonly isSchemaChange?: true; readonly isToldAlways?: true }
  | { readonly ignored: string }

const PAGE: EventAnswer = { processor: 'page' }
const DATABASE: EventAnswer = { processor: 'database' }
const SOURCE: EventAnswer = { processor: 'data_source' }
const COMMENT: EventAnswer = { ignored: 'comments are not followed' }
const VIEW: EventAnswer = { ignored: 'views are not followed' }
const UPLOAD: EventAnswer = { ignored: 'file uploads are not followed' }

/** Every event type has its answer here; a new one does not compile without. */
const EVENT_ANSWERS = {
  'page.created': PAGE,
  'page.content_updated': PAGE,
  'page.properties_updated': PAGE,
  'page.moved': PAGE,
  'page.deleted': PAGE,
  'page.undeleted': PAGE,
  'page.locked': PAGE,
  'page.unlocked': PAGE,
  'page.transcription_block.transcript_deleted': PAGE,
  'database.created': DATABASE,
  'database.content_updated': DATABASE,
  'database.schema_updated': { processor: 'database', isSchemaChange: true },
  'database.moved': DATABASE,
  'database.deleted': { processor: 'database', isToldAlways: true },
  'database.undeleted': { processor: 'database', isToldAlways: true },
  'data_source.created': SOURCE,
  'data_source.content_updated': SOURCE,
  'data_source.schema_updated': { processor: 'data_source', isSchemaChange: true },
  'data_source.moved': { processor: 'data_source', isToldAlways: true },
  'data_source.deleted': { processor: 'data_source', isToldAlways: true },
  'data_source.undeleted': { processor: 'data_source', isToldAlways: true },
  'comment.created': COMMENT,
  'comment.updated': COMMENT,
  'comment.deleted': COMMENT,
  'view.created': VIEW,
  'view.updated': VIEW,
  'view.deleted': VIEW,
  'file_upload.created': UPLOAD,
  'file_upload.completed': UPLOAD,
  'file_upload.expired': UPLOAD,
  'file_upload.upload_failed': UPLOAD,
} as const satisfies Record<EventType, EventAnswer>

export const answerTo = (type: EventType): EventAnswer => EVENT_ANSWERS[type]
