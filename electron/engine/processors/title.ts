import type { NotionId } from '../../../shared/ids.ts'
import { titleOf } from '../cache/flat-record.ts'
import type { RecordIndex } from '../cache/record-index.ts'
import type { Answer, Notion } from '../notion/client.ts'
import { isAboutObject } from '../notion/failures.ts'
import { completeProperty, mayLackReferences } from '../notion/references.ts'
import { done, type PlanResult } from './planned.ts'

export interface TitleParts {
  readonly notion: Notion
  readonly records: RecordIndex
}

/** A page's title, with every mention in it. */
const fetchTitle = async (notion: Notion, pageId: NotionId): Promise<Answer<string>> => {
  const page = await notion.page(pageId)
  if (!page.ok) return page
  const title = Object.entries(page.value.properties).find(([, property]) => property.type === 'title')
  if (title === undefined || !mayLackReferences(title[1])) return { ok: true, value: titleOf(page.value) }
  const [name, property] = title
  const items = await notion.propertyItems(pageId, property.id)
  if (!items.ok) return items
  const complete = completeProperty(property, items.value) ?? property
  return { ok: true, value: titleOf({ ...page.value, properties: { [name]: complete } }) }
}

/**
 * The title of a page that records show and that is not held itself. A page that Notion does not show to us has none:
 * its id stands in the records then.
 */
export const planTitle = async ({ notion, records }: TitleParts, pageId: NotionId): Promise<PlanResult> => {
  if (records.record(pageId) !== null) return done('unchanged', [])
  const title = await fetchTitle(notion, pageId)
  if (!title.ok && !isAboutObject(title.failure)) return { ok: false, failure: title.failure }
  const learnt = { pageId, title: title.ok ? title.value : null }
  return {
    ok: true,
    planned: { change: null, outcome: 'refreshed', reason: null, learned: [], titles: [learnt], failure: null },
  }
}
