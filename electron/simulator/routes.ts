import {
  type ApiAnswer,
  BOT_NAME,
  invalid,
  invalidId,
  invalidUrl,
  listAnswer,
  notFound,
  okAnswer,
} from './api-answers.ts'
import { propertyItems } from './property-items.ts'
import {
  type ApiRequest,
  listBodySchema,
  listQuerySchema,
  readId,
  readPart,
  searchBodySchema,
} from './request-reading.ts'
import { readCursor, type RowTest, rowTest, takePortion } from './row-query.ts'
import { searchWorkspace } from './search.ts'
import { shownPage } from './shown-page.ts'
import type { Workspace } from './workspace.ts'

interface Call {
  readonly workspace: Workspace
  readonly request: ApiRequest
  /** The dashed id in the path; an empty text where the path has none. */
  readonly id: string
  /** What else the path names, decoded. */
  readonly rest: string
}

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  /** The name of the id in the path, as refusals give it. */
  readonly parameter?: string
  readonly answer: (call: Call) => ApiAnswer
}

const wantedProperties = (request: ApiRequest): ReadonlySet<string> | null => {
  const named = request.query.getAll('filter_properties').concat(request.query.getAll('filter_properties[]'))
  return named.length === 0 ? null : new Set(named)
}

const me = ({ workspace }: Call): ApiAnswer =>
  okAnswer({
    object: 'user',
    id: workspace.botId,
    name: BOT_NAME,
    avatar_url: null,
    type: 'bot',
    bot: {
      owner: { type: 'workspace', workspace: true },
      workspace_name: workspace.name,
      workspace_id: workspace.id,
      workspace_limits: { max_file_upload_size_in_bytes: 5_242_880 },
    },
  })

const search = ({ workspace, request }: Call): ApiAnswer => {
  const body = readPart(searchBodySchema, 'body', request.body)
  return body.isRefused ? body.answer : searchWorkspace(workspace, body.value)
}

const database = ({ workspace, id }: Call): ApiAnswer => {
  const found = workspace.shared.database(id)
  return found === undefined ? notFound('database', id, workspace.botId) : okAnswer(found)
}

/** An unknown data source is refused as a database: that is how it was recorded. */
const dataSource = ({ workspace, id }: Call): ApiAnswer => {
  const found = workspace.shared.dataSource(id)
  return found === undefined ? notFound('database', id, workspace.botId) : okAnswer(found)
}

const query = ({ workspace, request, id }: Call): ApiAnswer => {
  const source = workspace.shared.dataSource(id)
  if (source === undefined) return notFound('database', id, workspace.botId)
  const body = readPart(listBodySchema, 'body', request.body)
  if (body.isRefused) return body.answer
  const test = rowTest(body.value.filter)
  if (test === null) return invalid('body failed validation: body.filter is none that the simulator knows.')
  const { start_cursor: startCursor, page_size: pageSize, in_trash: isTrashWanted = false } = body.value
  const cursor = typeof startCursor === 'string' ? readCursor(startCursor) : null
  if (cursor === undefined) return invalid(`The start_cursor provided is invalid: ${startCursor ?? ''}`)
  const isListed: RowTest = (row) => (row.isInTrash || source['in_trash'] === true) === isTrashWanted && test(row)
  const rows = workspace.shared.rows(id, cursor?.nextId ?? null)
  const portion = takePortion(rows, isListed, pageSize ?? 100, cursor?.given ?? 0)
  const only = wantedProperties(request)
  const results = portion.items.map((row) => shownPage(workspace.shared.page(row.id, only) ?? { properties: {} }))
  const status = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' }
  const more = portion.isLimitReached ? { request_status: status } : {}
  return listAnswer('page_or_data_source', {}, results, portion.nextCursor, more)
}

const page = ({ workspace, request, id }: Call): ApiAnswer => {
  const found = workspace.shared.page(id, wantedProperties(request))
  return found === undefined ? notFound('page', id, workspace.botId) : okAnswer(shownPage(found))
}

const property = ({ workspace, request, id, rest }: Call): ApiAnswer => {
  if (workspace.shared.page(id, new Set()) === undefined) return notFound('page', id, workspace.botId)
  const found = workspace.shared.property(id, rest)
  if (found === undefined) return notFound('property', rest, workspace.botId)
  const read = readPart(listQuerySchema, 'query', Object.fromEntries(request.query))
  if (read.isRefused) return read.answer
  return propertyItems({
    ...found,
    pageId: id,
    startCursor: read.value.start_cursor ?? null,
    pageSize: read.value.page_size ?? 100,
    baseUrl: request.baseUrl,
  })
}

const markdown = ({ workspace, id }: Call): ApiAnswer => {
  const found = workspace.shared.markdown(id)
  if (found === undefined) return notFound('page', id, workspace.botId)
  return okAnswer({ object: 'page_markdown', id, markdown: found, truncated: false, unknown_block_ids: [] })
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/v1\/pages\/([^/]+)$/, parameter: 'page_id', answer: page },
  { method: 'GET', path: /^\/v1\/pages\/([^/]+)\/markdown$/, parameter: 'page_id', answer: markdown },
  { method: 'GET', path: /^\/v1\/pages\/([^/]+)\/properties\/([^/]+)$/, parameter: 'page_id', answer: property },
  { method: 'POST', path: /^\/v1\/data_sources\/([^/]+)\/query$/, parameter: 'data_source_id', answer: query },
  { method: 'GET', path: /^\/v1\/data_sources\/([^/]+)$/, parameter: 'data_source_id', answer: dataSource },
  { method: 'GET', path: /^\/v1\/databases\/([^/]+)$/, parameter: 'database_id', answer: database },
  { method: 'POST', path: /^\/v1\/search$/, answer: search },
  { method: 'GET', path: /^\/v1\/users\/me$/, answer: me },
]

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const answerRequest = (workspace: Workspace, request: ApiRequest): ApiAnswer => {
  for (const route of ROUTES) {
    const match = route.method === request.method ? route.path.exec(request.path) : null
    if (match === null) continue
    const given = decoded(match[1] ?? '')
    const id = route.parameter === undefined ? '' : readId(given)
    if (id === null) return invalidId(route.parameter ?? '', given)
    return route.answer({ workspace, request, id, rest: decoded(match[2] ?? '') })
  }
  return invalidUrl()
}
