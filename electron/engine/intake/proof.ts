import type { EventBody } from '../../../shared/events.ts'
import { isSameId, type NotionId, parseNotionId } from '../../../shared/ids.ts'
import type { Answer, Notion } from '../notion/client.ts'
import type { Proof } from './pairing.ts'
import { placeOf, readEvent } from './received-event.ts'

export interface ProofParts {
  readonly notion: Pick<Notion, 'me' | 'page' | 'database' | 'dataSource'>
  /** The workspace of our token, where Notion has told it already. */
  readonly workspaceId: () => string | null
}

type Reading = () => Promise<Answer<unknown>>

/** A comment, or a part of a page, is not read itself, but the page that it stands on. */
const pageOf = (body: EventBody): NotionId | null => {
  const { parent, page_id: pageId } = body.data ?? {}
  if (parent?.type === 'page') return parseNotionId(parent.id ?? '')
  return typeof pageId === 'string' ? parseNotionId(pageId) : null
}

/** What an event names that can be read, the thing that it is about first. */
const readingsOf = (notion: ProofParts['notion'], body: EventBody): readonly Reading[] => {
  const entity = (type: string): NotionId | null =>
    body.entity?.type === type ? parseNotionId(body.entity.id ?? '') : null
  const reading = (id: NotionId | null, read: (id: NotionId) => Promise<Answer<unknown>>): readonly Reading[] =>
    id === null ? [] : [() => read(id)]
  const { sourceId, databaseId } = placeOf(body)
  return [
    ...reading(entity('page'), notion.page),
    ...reading(entity('data_source'), notion.dataSource),
    ...reading(entity('database'), notion.database),
    ...reading(pageOf(body), notion.page),
    ...reading(sourceId, notion.dataSource),
    ...reading(databaseId, notion.database),
  ]
}

/**
 * Whether an event can only have come from a subscription of our connection: it is of our workspace, and names something
 * that our token can read. A stranger who forges a handshake knows neither.
 */
export const createProof = ({ notion, workspaceId }: ProofParts): Proof => {
  const ownWorkspace = async (): Promise<string | null> => {
    const known = workspaceId()
    if (known !== null) return known
    const me = await notion.me()
    return me.ok ? me.value.id : null
  }

  return async (raw) => {
    const received = readEvent(raw)
    if (received.kind !== 'event' || received.body.workspace_id === undefined) return 'refused'
    const ours = await ownWorkspace()
    if (ours === null) return null
    if (!isSameId(received.body.workspace_id, ours)) return 'refused'
    let isUnanswered = false
    for (const read of readingsOf(notion, received.body)) {
      const answer = await read()
      if (answer.ok) return { workspaceId: ours }
      isUnanswered ||= answer.failure.about === 'way' || answer.failure.about === 'token'
    }
    return isUnanswered ? null : 'refused'
  }
}
