import { type NotionId, parseNotionId } from './ids.ts'

/** What a job is about. One page is never worked on twice at once: the entity's key is what makes jobs one. */
export interface Entity {
  readonly kind: 'page' | 'database' | 'data_source'
  readonly id: NotionId
}

export const entityKey = (entity: Entity): string => `${entity.kind}:${entity.id}`

export const parseEntityKey = (key: string): Entity => {
  const [kind, text] = key.split(':')
  const id = parseNotionId(text ?? '')
  if (id === null || (kind !== 'page' && kind !== 'database' && kind !== 'data_source')) {
    throw new Error(`No entity: ${key}`)
  }
  return { kind, id }
}
