import type { z } from 'zod'
import { type ApiAnswer, invalid, listAnswer } from './api-answers.ts'
import type { ApiObject } from './api-objects.ts'
import type { searchBodySchema } from './request-reading.ts'
import { readCursor, takePortion } from './row-query.ts'
import { shownPage } from './shown-page.ts'
import type { Workspace } from './workspace.ts'

interface Candidate {
  readonly id: string
  readonly isInTrash: boolean
  readonly title: () => string
  readonly object: () => ApiObject
}

function* dataSourcesIn(workspace: Workspace, fromId: string | null): Generator<Candidate> {
  let isReached = fromId === null
  for (const database of workspace.databases) {
    for (const { id, title } of database.dataSources) {
      isReached ||= id === fromId
      const object = isReached ? workspace.shared.dataSource(id) : undefined
      if (object !== undefined) yield { id, isInTrash: database.isInTrash, title: () => title, object: () => object }
    }
  }
}

function* pagesIn(workspace: Workspace, fromId: string | null): Generator<Candidate> {
  const start = fromId === null ? null : (workspace.location(fromId)?.dataSourceId ?? null)
  let isReached = start === null
  for (const database of workspace.databases) {
    for (const source of database.dataSources) {
      const isStart = source.id === start
      isReached ||= isStart
      if (!isReached) continue
      for (const row of workspace.shared.rows(source.id, isStart ? fromId : null)) {
        yield {
          id: row.id,
          isInTrash: row.isInTrash || database.isInTrash,
          title: () => workspace.titleOf(row.id) ?? '',
          object: () => shownPage(workspace.shared.page(row.id) ?? { properties: {} }),
        }
      }
    }
  }
}

/** Data sources first, then pages; both in the order in which they were made. */
function* candidates(workspace: Workspace, kind: 'page' | 'data_source' | undefined, fromId: string | null) {
  const isFromPage = fromId !== null && workspace.location(fromId) !== undefined
  if (kind !== 'page' && !isFromPage) yield* dataSourcesIn(workspace, fromId)
  if (kind !== 'data_source') yield* pagesIn(workspace, isFromPage ? fromId : null)
}

/** Unlike Notion's index, this search misses nothing and never lags. */
export const searchWorkspace = (workspace: Workspace, body: z.infer<typeof searchBodySchema>): ApiAnswer => {
  const cursor = typeof body.start_cursor === 'string' ? readCursor(body.start_cursor) : null
  if (cursor === undefined) return invalid(`The start_cursor provided is invalid: ${body.start_cursor ?? ''}`)
  const wanted = (body.query ?? '').toLowerCase()
  const isTrashWanted = body.filter?.in_trash ?? false
  const portion = takePortion(
    candidates(workspace, body.filter?.value, cursor?.nextId ?? null),
    (candidate) =>
      candidate.isInTrash === isTrashWanted && (wanted === '' || candidate.title().toLowerCase().includes(wanted)),
    body.page_size ?? 100,
    cursor?.given ?? 0,
  )
  const results = portion.items.map((candidate) => candidate.object())
  return listAnswer('page_or_data_source', {}, results, portion.nextCursor)
}
