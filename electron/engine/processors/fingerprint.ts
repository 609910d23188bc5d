import { createHash } from 'node:crypto'
import type { NotionPage, PageContent, PageFile } from '../../../shared/records.ts'

/**
 * The signed part of a link to a file that Notion hosts: it differs at every fetch of an unchanged page. It has no
 * second question mark before the signature: with one allowed, a text full of them would take the square of its length.
 */
const SIGNED_QUERY = /\?[^\s?)"'<>\]]*X-Amz-[^\s)"'<>\]]*/g

/** Differ at every fetch, or expire, without anything having changed. */
const VOLATILE: ReadonlySet<string> = new Set(['request_id', 'expiry_time'])

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

/** JSON with sorted keys, without what differs between two fetches of one state. */
const lasting = (value: unknown): unknown => {
  if (typeof value === 'string') return value.includes('X-Amz-') ? value.replace(SIGNED_QUERY, '') : value
  if (Array.isArray(value)) return value.map(lasting)
  if (typeof value !== 'object' || value === null) return value
  const isHosted = 'expiry_time' in value
  return Object.entries(value)
    .filter(([key]) => !VOLATILE.has(key))
    .sort(byKey)
    .map(([key, inner]): unknown => [
      key,
      isHosted && key === 'url' && typeof inner === 'string' ? inner.split('?', 1)[0] : lasting(inner),
    ])
}

/** A map by names that people chose, as `lasting` gives any other: but here none of the names means anything. */
const named = (map: Readonly<Record<string, unknown>>): unknown => Object.entries(map).sort(byKey)

/** Tells whether two fetches of a page show the same state. */
export const fingerprintOf = (
  page: NotionPage,
  content: PageContent | null,
  fields: PageFile['sync']['fields'],
): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        lasting({ page: { ...page, properties: named(page.properties) }, content, fields: named(fields) }),
      ),
    )
    .digest('base64url')
