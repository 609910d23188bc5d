import { createHash } from 'node:crypto'
import type { EventType } from '../../shared/events.ts'

export interface EventParent {
  readonly id: string
  readonly type?: string
  readonly data_source_id?: string
  readonly database_id?: string
}

export interface UpdatedProperty {
  readonly id: string
  readonly name: string
  readonly action: 'created' | 'updated' | 'deleted'
}

export interface EventInput {
  readonly type: EventType
  readonly entityId: string
  /** Left out: what the type's first word says. */
  readonly entityType?: string
  /** Left out: the receiver takes the event for one of its own workspace. */
  readonly workspaceId?: string
  readonly workspaceName?: string
  readonly subscriptionId?: string
  readonly integrationId?: string
  readonly parent?: EventParent
  /** ISO 8601. */
  readonly timestamp: string
  /** Left out: derived from the rest, so that equal inputs are the same event. */
  readonly eventId?: string
  /** Notion's own counter, 1 to 8. */
  readonly attemptNumber?: number
  /** Ids for a page, ids with names and actions for a schema. */
  readonly updatedProperties?: readonly (string | UpdatedProperty)[]
  readonly authorId?: string
  readonly authorType?: 'person' | 'bot' | 'agent'
}

const derivedUuid = (...parts: readonly string[]): string => {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The part of `data` that only some types carry, besides the parent. */
const detailsOf = (input: EventInput): Readonly<Record<string, unknown>> => {
  const updatedProperties = input.updatedProperties ?? []
  switch (input.type) {
    case 'page.properties_updated':
    case 'database.schema_updated':
    case 'data_source.schema_updated':
      return { updated_properties: updatedProperties }
    case 'page.content_updated':
    case 'database.content_updated':
    case 'data_source.content_updated':
      return { updated_blocks: [{ id: derivedUuid('block', input.entityId, input.timestamp), type: 'block' }] }
    case 'comment.created':
    case 'comment.updated':
    case 'comment.deleted':
      return { page_id: input.parent?.id }
    case 'view.created':
      return { view_type: 'table' }
    case 'view.updated':
      return { updated_fields: ['name'] }
    case 'page.transcription_block.transcript_deleted':
      return { target: { id: derivedUuid('target', input.entityId), type: 'block' }, transcript_id: null }
    default:
      return {}
  }
}

/** The body of a delivery as Notion sends it with API version 2026-03-11. */
export const buildEvent = (input: EventInput): object => {
  const parent = input.parent === undefined ? {} : { parent: input.parent }
  const data = { ...parent, ...detailsOf(input) }
  const workspace = input.workspaceId ?? ''
  const hasData = Object.keys(data).length > 0
  return {
    id: input.eventId ?? derivedUuid('event', JSON.stringify(input)),
    timestamp: input.timestamp,
    ...(input.workspaceId === undefined ? {} : { workspace_id: input.workspaceId }),
    workspace_name: input.workspaceName ?? 'Harbour Desk',
    subscription_id: input.subscriptionId ?? derivedUuid('subscription', workspace),
    integration_id: input.integrationId ?? derivedUuid('integration', workspace),
    authors: [{ id: input.authorId ?? derivedUuid('author', workspace), type: input.authorType ?? 'person' }],
    attempt_number: input.attemptNumber ?? 1,
    api_version: '2026-03-11',
    entity: { id: input.entityId, type: input.entityType ?? input.type.split('.', 1)[0] },
    type: input.type,
    ...(hasData ? { data } : {}),
  }
}
