import type { SourceFacts } from '../../electron/engine/cache/catalogue.ts'
import { flatRecord, titleOf } from '../../electron/engine/cache/flat-record.ts'
import type { RemoveChange, WriteChange } from '../../electron/engine/cache/plan.ts'
import { dashedId, type NotionId } from '../../shared/ids.ts'
import { type NotionPage, notionPageSchema } from '../../shared/records.ts'

/** An id of the workspace of the tests: they share their first digits, as Notion's do. */
export const idNumber = (number: number): NotionId => `393abc1eedcd81a09a08${number.toString(16).padStart(12, '0')}`

export const TASKS = idNumber(0xda_0001)
export const PEOPLE = idNumber(0xda_0002)

export const sourceFacts = (databaseId: NotionId, title: string, changes: Partial<SourceFacts> = {}): SourceFacts => ({
  sourceId: `${databaseId.slice(0, 8)}ffff${databaseId.slice(12)}`,
  sourceTitle: title,
  databaseId,
  databaseTitle: title,
  isInTrash: false,
  isDatabaseInTrash: false,
  properties: [],
  ...changes,
})

/** A property as Notion gives it; its id is its name. */
export const property = (type: string, value: unknown): Record<string, unknown> => ({ id: type, type, [type]: value })

export const textOf = (...segments: readonly string[]): unknown[] =>
  segments.map((segment) => ({ type: 'text', text: { content: segment }, plain_text: segment }))

export const titled = (title: string): Record<string, unknown> => property('title', title === '' ? [] : textOf(title))

export const pageOf = (
  id: NotionId,
  properties: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>> = {},
): NotionPage =>
  notionPageSchema.parse({
    object: 'page',
    id: dashedId(id),
    created_time: '2026-11-01T08:00:00.000Z',
    last_edited_time: '2026-11-02T09:30:00.000Z',
    in_trash: false,
    url: `https://app.notion.com/p/${id}`,
    parent: { type: 'data_source_id' },
    properties,
    ...changes,
  })

export interface WriteOptions {
  readonly databaseId?: NotionId
  readonly revision?: number
  readonly related?: readonly NotionId[]
  readonly properties?: Readonly<Record<string, unknown>>
}

/** The change that puts a page with this title into its database; revision 1 unless told. */
export const writeOf = (pageId: NotionId, title: string, options: WriteOptions = {}): WriteChange => {
  const { databaseId = TASKS, revision = 1, related = [], properties = {} } = options
  const relations =
    related.length === 0
      ? {}
      : {
          Related: property(
            'relation',
            related.map((id) => ({ id: dashedId(id) })),
          ),
        }
  const page = pageOf(pageId, { Name: titled(title), ...relations, ...properties })
  return {
    kind: 'write',
    pageId,
    databaseId,
    sourceId: sourceFacts(databaseId, '').sourceId,
    title: titleOf(page),
    baseRevision: revision - 1,
    lastEditedTime: page.last_edited_time ?? null,
    fingerprint: `${title} ${revision}`,
    file: {
      page,
      content: null,
      sync: { revision, fetched_at: '2026-11-23T12:00:00.000Z', event_id: `event ${revision}`, fields: {} },
    },
    flat: flatRecord(page),
  }
}

export const removeOf = (pageId: NotionId, baseRevision: number): RemoveChange => ({
  kind: 'remove',
  pageId,
  baseRevision,
  reason: 'in the trash',
})
