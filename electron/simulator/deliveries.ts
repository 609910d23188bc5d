import { createHmac, randomUUID } from 'node:crypto'
import type { EventType } from '../../shared/events.ts'
import { buildEvent, type EventInput } from './events.ts'
import type { PageLocation, Workspace } from './workspace.ts'

/** The value of `X-Notion-Signature`: HMAC-SHA256 over the exact bytes, keyed with the whole verification token. */
export const signBody = (body: string | Uint8Array, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

export interface Delivery {
  readonly url: string
  readonly secret: string
  /** Any body: an event, or a handshake as `{ verification_token: secret }`, which Notion signs with that very token. */
  readonly event: object
}

export interface DeliveryResult {
  readonly status: number
  /** Parsed where the answer is JSON, a text otherwise. */
  readonly body: unknown
}

const parsedOrText = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Sends one signed delivery. Rejects only when there is no answer at all. */
export const deliver = async (delivery: Delivery): Promise<DeliveryResult> => {
  const body = JSON.stringify(delivery.event)
  const response = await fetch(delivery.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-notion-signature': signBody(body, delivery.secret) },
    body,
  })
  return { status: response.status, body: parsedOrText(await response.text()) }
}

type Subject = Pick<EventInput, 'entityId' | 'parent' | 'authorId' | 'updatedProperties'>

/** What the event is about: the page itself, or for a comment, a view or an upload a thing of its own near the page. */
const pageSubject = (type: EventType, location: PageLocation): Subject => {
  const { id, databaseId, dataSourceId, authorId } = location
  const inDatabase = { id: databaseId, type: 'database', data_source_id: dataSourceId }
  switch (type.split('.', 1)[0]) {
    case 'comment':
      return { entityId: randomUUID(), parent: { id, type: 'page' }, authorId }
    case 'view':
      return { entityId: randomUUID(), parent: inDatabase, authorId }
    case 'file_upload':
      return { entityId: randomUUID(), authorId }
    default:
      return { entityId: id, parent: inDatabase, authorId, updatedProperties: location.changedProperties }
  }
}

const databaseSubject = (workspace: Workspace, type: EventType, id: string): Subject | undefined => {
  const database = workspace.databases.find(
    (candidate) => candidate.id === id || candidate.dataSources.some((source) => source.id === id),
  )
  if (database === undefined) return undefined
  const dataSourceId = database.id === id ? database.dataSourceId : id
  const home = { id: workspace.homePageId, type: 'page' }
  return {
    entityId: type.startsWith('data_source.') ? dataSourceId : database.id,
    parent: type === 'data_source.moved' ? { id: database.id, type: 'database' } : home,
    ...(workspace.members[0] === undefined ? {} : { authorId: workspace.members[0].id }),
    updatedProperties: workspace.schemaChanges(dataSourceId),
  }
}

/**
 * An event about the workspace's present state; each call makes a different event.
 * Takes the id of a page (a deleted one too), a database or a data source.
 */
export const eventFor = (
  workspace: Workspace,
  type: EventType,
  id: string,
  overrides: Partial<EventInput> = {},
): object => {
  const location = workspace.location(id)
  const subject = location === undefined ? databaseSubject(workspace, type, id) : pageSubject(type, location)
  if (subject === undefined) throw new Error(`The workspace has no page, database or data source with the id ${id}.`)
  return buildEvent({
    type,
    ...subject,
    workspaceId: workspace.id,
    workspaceName: workspace.name,
    subscriptionId: workspace.subscriptionId,
    integrationId: workspace.integrationId,
    timestamp: new Date(workspace.now()).toISOString(),
    eventId: randomUUID(),
    ...overrides,
  })
}
