import { type NotionId, parseNotionId } from './ids.ts'

/** title: only the title of a page that is not held, for the records that show it. */
const ENTITY_KINDS = ['page', 'database', 'data_source', 'title'] as const

/** What a job is about. One page is never worked on twice at once: the entity's key is what makes jobs one. */
export interface Entity {
  readonly kind: (typeof ENTITY_KINDS)[number]
  readonly id: NotionId
}

export const entityKey = (entity: Entity): string => `${entity.kind}:${entity.id}`

export const parseEntityKey = (key: string): Entity => {
  const [name, text] = key.split(':')
  const kind = ENTITY_KINDS.find((known) => known === name)
  const id = parseNotionId(text ?? '')
  if (id === null || kind === undefined) throw new Error(`No entity: ${key}`)
  return { kind, id }
}
