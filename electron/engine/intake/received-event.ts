import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type EventBody, eventBodySchema } from '../../../shared/events.ts'
import { parseNotionId } from '../../../shared/ids.ts'
import { parsedJson } from '../../../shared/json.ts'
import type { Entity } from '../../../shared/entities.ts'
import type { EventSubject } from '../processors/registry.ts'

/** An authentic request body, read as far as it can be. */
export type ReceivedEvent =
  | { readonly kind: 'event'; readonly id: string; readonly text: string; readonly body: EventBody }
  | { readonly kind: 'verification-token'; readonly id: string }
  | { readonly kind: 'unreadable'; readonly id: string; readonly text: string }

const tokenSchema = z.looseObject({ verification_token: z.string() })

/** The token that a handshake carries; null for any other body. */
export const tokenOf = (raw: Buffer): string | null =>
  tokenSchema.safeParse(parsedJson(raw.toString('utf8'))).data?.verification_token ?? null

/** Notion's are UUIDs; what a stranger writes there is not kept at any length. */
const claimSchema = z.looseObject({ id: z.string().max(100) })

/** The id of the event that a body claims to be, whoever wrote it; null: none. */
export const claimedId = (raw: Buffer): string | null =>
  claimSchema.safeParse(parsedJson(raw.toString('utf8'))).data?.id ?? null

/** Of a body that is no event. */
const isVerificationToken = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'verification_token' in value

/** A body without an id of its own is known by its SHA-256. */
const digest = (raw: Uint8Array): string => createHash('sha256').update(raw).digest('hex')

export const readEvent = (raw: Buffer): ReceivedEvent => {
  const text = raw.toString('utf8')
  const value = parsedJson(text)
  const event = eventBodySchema.safeParse(value)
  if (event.success) return { kind: 'event', id: event.data.id, text, body: event.data }
  return isVerificationToken(value)
    ? { kind: 'verification-token', id: digest(raw) }
    : { kind: 'unreadable', id: digest(raw), text }
}

/** What the event is about; null where it names none. An event about a block of a page is about that page. */
export const entityOf = (body: EventBody, kind: EventSubject): Entity | null => {
  const isPart = kind === 'page' && body.entity?.type === 'block'
  const id = parseNotionId((isPart ? body.data?.parent?.id : body.entity?.id) ?? '')
  return id === null ? null : { kind, id }
}

/** The data source, or database, that an event names as the place of its page; null where it names neither. */
export const placeOf = (body: EventBody): { readonly sourceId: string | null; readonly databaseId: string | null } => {
  const parent = body.data?.parent
  const own = (type: string): string | null => (parent?.type === type ? parseNotionId(parent.id ?? '') : null)
  const sourceId = parseNotionId(parent?.data_source_id ?? '') ?? own('data_source')
  const databaseId = parseNotionId(parent?.database_id ?? '') ?? own('database')
  return { sourceId, databaseId }
}
