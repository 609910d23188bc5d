import { describe, expect, test } from 'vitest'
import { createFilter, type FilterView, type Verdict } from '../../../electron/engine/intake/filter.ts'
import {
  type EventBody,
  eventBodySchema,
  EVENT_TYPES,
  type EventType,
  expandEventNames,
} from '../../../shared/events.ts'
import { dashedId } from '../../../shared/ids.ts'
import { settingsSchema } from '../../../shared/settings.ts'
import { notionId } from '../../support/notion-ids.ts'
import { describeRecordings, recordings } from '../../support/recordings.ts'

const PAGE = notionId(1)
const WATCHED = notionId(2)
const UNWATCHED = notionId(3)
const UNKNOWN = notionId(4)
const OURS = notionId(5)
const BLOCK = notionId(6)

/** A watched and an unwatched id, as sources and as databases alike; everything else is unknown. */
const verdict = (id: string): Verdict => (id === WATCHED ? 'watched' : id === UNWATCHED ? 'not-watched' : 'unknown')

const view = (parts: Partial<FilterView> = {}): FilterView => ({
  workspaceId: () => null,
  sourceVerdict: verdict,
  databaseVerdict: verdict,
  isAnyUnresolved: () => false,
  holds: () => false,
  ...parts,
})

const DEFAULTS = expandEventNames(settingsSchema.parse({ webhook: { databases: ['Tasks'] } }).webhook.events)

const filterOf = (parts: Partial<FilterView> = {}, selected = DEFAULTS) => createFilter(selected, view(parts))

/** About a page, or about the given container, for types whose names begin so. */
const eventOf = (type: string, place: string | null, more: object = {}): EventBody => {
  const kind = type.split('.')[0] ?? ''
  const isContainer = kind === 'database' || kind === 'data_source'
  return eventBodySchema.parse({
    id: 'e1',
    type,
    entity: { id: dashedId(isContainer ? (place ?? UNKNOWN) : PAGE), type: kind },
    ...(place === null ? {} : { data: { parent: { id: dashedId(place), type: 'database', data_source_id: place } } }),
    ...more,
  })
}

const fateOf = (result: ReturnType<ReturnType<typeof createFilter>>): string =>
  result.passes ? `passes as ${result.entity.kind}` : result.reason

const withParent = (parent: object): EventBody => eventOf('page.created', null, { data: { parent } })

describe('under default settings', () => {
  const fates = {
    'page.created': 'passes as page',
    'page.content_updated': 'passes as page',
    'page.properties_updated': 'passes as page',
    'page.moved': 'passes as page',
    'page.deleted': 'passes as page',
    'page.undeleted': 'passes as page',
    'page.locked': 'passes as page',
    'page.unlocked': 'passes as page',
    'page.transcription_block.transcript_deleted': 'event type not selected',
    'database.created': 'event type not selected',
    'database.content_updated': 'passes as database',
    'database.schema_updated': 'passes as database',
    'database.moved': 'passes as database',
    'database.deleted': 'event type not selected',
    'database.undeleted': 'passes as database',
    'data_source.created': 'event type not selected',
    'data_source.content_updated': 'passes as data_source',
    'data_source.schema_updated': 'passes as data_source',
    'data_source.moved': 'passes as data_source',
    'data_source.deleted': 'event type not selected',
    'data_source.undeleted': 'passes as data_source',
    'comment.created': 'comments are not followed',
    'comment.updated': 'comments are not followed',
    'comment.deleted': 'comments are not followed',
    'view.created': 'views are not followed',
    'view.updated': 'views are not followed',
    'view.deleted': 'views are not followed',
    'file_upload.created': 'file uploads are not followed',
    'file_upload.completed': 'file uploads are not followed',
    'file_upload.expired': 'file uploads are not followed',
    'file_upload.upload_failed': 'file uploads are not followed',
  } as const satisfies Record<EventType, string>

  test.each(Object.entries(fates))('%s of a watched database: %s', (type, fate) => {
    expect(fateOf(filterOf()(eventOf(type, WATCHED)))).toBe(fate)
  })

  test.each(Object.entries(fates))('%s of a database that is not watched is never followed', (type, fate) => {
    const expected = fate.startsWith('passes') ? 'database not watched' : fate
    expect(fateOf(filterOf()(eventOf(type, UNWATCHED)))).toBe(expected)
  })
})

describe('the selection of types', () => {
  test('limits deliveries to the selected types, but never the changes of a watched schema', () => {
    const filter = filterOf({}, expandEventNames(['page.deleted']))
    const passing = EVENT_TYPES.filter((type) => filter(eventOf(type, WATCHED)).passes)
    expect(passing).toStrictEqual(['page.deleted', 'database.schema_updated', 'data_source.schema_updated'])
  })

  test('can name types that the defaults leave out', () => {
    const filter = filterOf({}, expandEventNames(['page.transcription_block.transcript_deleted', 'database.deleted']))
    expect(fateOf(filter(eventOf('database.deleted', WATCHED)))).toBe('passes as database')
    const entity = { id: BLOCK, type: 'block' }
    const transcript = eventOf('page.transcription_block.transcript_deleted', null, {
      entity,
      data: { parent: { id: PAGE, type: 'page' } },
    })
    expect(filter(transcript)).toMatchObject({ passes: true, entity: { kind: 'page', id: PAGE } })
  })

  test('does not make anything of a type that Notion invents later', () => {
    expect(fateOf(filterOf()(eventOf('page.teleported', WATCHED)))).toBe('unknown event type')
    expect(fateOf(filterOf()(eventOf('page.updated', WATCHED)))).toBe('unknown event type')
  })
})

describe('the place of a page', () => {
  test.each([
    [{ id: WATCHED, type: 'data_source' }],
    [{ id: WATCHED, type: 'database' }],
    [{ id: UNKNOWN, type: 'database', data_source_id: WATCHED }],
    [{ id: UNKNOWN, data_source_id: WATCHED }],
    [{ data_source_id: WATCHED.toUpperCase() }],
    [{ data_source_id: dashedId(WATCHED) }],
    [{ database_id: WATCHED }],
    [{ id: WATCHED, type: 'database', data_source_id: UNKNOWN }],
  ])('is found wherever the parent names it: %j', (parent) => {
    expect(fateOf(filterOf()(withParent(parent)))).toBe('passes as page')
  })

  test.each([
    [{ id: UNWATCHED, data_source_id: UNWATCHED }],
    [{ id: WATCHED, type: 'database', data_source_id: UNWATCHED }],
  ])('is what its data source says, when that is known: %j', (parent) => {
    expect(filterOf()(withParent(parent))).toMatchObject({
      passes: false,
      reason: 'database not watched',
      lookUp: null,
    })
  })

  test('is left to the page itself where the event names none, or one that is no database', () => {
    const bodies = [
      eventOf('page.created', null),
      withParent({}),
      withParent({ id: UNKNOWN, type: 'page' }),
      withParent({ id: UNKNOWN, type: 'workspace' }),
      withParent({ id: 'no id', type: 'database', data_source_id: 'none either' }),
    ]
    for (const body of bodies) {
      expect(filterOf()(body)).toStrictEqual({ passes: true, entity: { kind: 'page', id: PAGE }, sourceId: null })
    }
  })

  test('is let pass while a title of the settings is not resolved, and only where nothing is known of it', () => {
    const filter = filterOf({ isAnyUnresolved: () => true })
    expect(fateOf(filter(eventOf('page.created', UNKNOWN)))).toBe('passes as page')
    expect(fateOf(filter(eventOf('page.created', UNWATCHED)))).toBe('database not watched')
  })

  test('does not matter for a page that we hold: page.moved names only where it went', () => {
    const filter = filterOf({ holds: (id) => id === PAGE })
    for (const place of [UNWATCHED, UNKNOWN]) {
      expect(fateOf(filter(eventOf('page.moved', place)))).toBe('passes as page')
    }
  })

  test('is looked up when nobody knows it and every title is resolved', () => {
    expect(filterOf()(eventOf('page.created', UNKNOWN))).toStrictEqual({
      passes: false,
      reason: 'database not watched',
      entity: { kind: 'page', id: PAGE },
      sourceId: UNKNOWN,
      lookUp: { kind: 'data_source', id: UNKNOWN },
    })
    expect(filterOf()(withParent({ id: UNKNOWN, type: 'database' }))).toMatchObject({
      passes: false,
      lookUp: { kind: 'database', id: UNKNOWN },
    })
  })

  test('is looked up when it is a new data source of a database whose others are not watched', () => {
    expect(filterOf()(withParent({ id: UNWATCHED, type: 'database', data_source_id: UNKNOWN }))).toMatchObject({
      passes: false,
      sourceId: UNKNOWN,
      lookUp: { kind: 'data_source', id: UNKNOWN },
    })
  })
})

describe('databases and data sources', () => {
  test.each(['database.schema_updated', 'data_source.schema_updated'])('%s is followed where it is unknown', (type) => {
    expect(filterOf()(eventOf(type, UNKNOWN))).toMatchObject({ passes: true, entity: { id: UNKNOWN } })
  })

  test('one that is not watched may become one that is, while a title is not resolved', () => {
    const filter = filterOf({ isAnyUnresolved: () => true })
    expect(fateOf(filter(eventOf('data_source.content_updated', UNWATCHED)))).toBe('passes as data_source')
  })
})

describe('whose event it is', () => {
  const from = (workspaceId: string | undefined) => eventOf('page.created', WATCHED, { workspace_id: workspaceId })

  test('an event of another workspace is ignored once ours is known', () => {
    const filter = filterOf({ workspaceId: () => OURS })
    expect(fateOf(filter(from(dashedId(notionId(9)))))).toBe('event of another workspace')
    expect(fateOf(filter(from('somebody')))).toBe('event of another workspace')
    expect(fateOf(filter(eventOf('new.type', null, { workspace_id: notionId(9) })))).toBe('event of another workspace')
  })

  test('ours is ours with dashes and without, in upper and in lower case', () => {
    for (const ours of [OURS, dashedId(OURS)]) {
      const filter = filterOf({ workspaceId: () => ours })
      for (const id of [OURS, dashedId(OURS), dashedId(OURS).toUpperCase()]) {
        expect(fateOf(filter(from(id)))).toBe('passes as page')
      }
    }
  })

  test('as long as ours is not known, or the event names none, it counts as ours', () => {
    expect(fateOf(filterOf()(from(notionId(9))))).toBe('passes as page')
    expect(fateOf(filterOf({ workspaceId: () => OURS })(from(undefined)))).toBe('passes as page')
  })
})

test.each([
  [{}],
  [{ entity: {} }],
  [{ entity: { id: 'x', type: 'page' } }],
  [{ entity: null }],
  [{ entity: { type: 'block' } }],
])('an event that names nothing is ignored: %j', (part) => {
  const body = eventBodySchema.parse({ id: 'e1', type: 'page.created', ...part })
  expect(fateOf(filterOf()(body))).toBe('the event names nothing that it is about')
})

describeRecordings('a recorded event', () => {
  test.each(recordings('webhooks', /^(?!verification_token)/))(
    'has the fate of its type, and names what it is about: $name',
    ({ body }) => {
      const event = eventBodySchema.parse(body)
      const [kind = ''] = event.type.split('.')
      const filter = filterOf({ isAnyUnresolved: () => true }, new Set(EVENT_TYPES))
      expect(fateOf(filter(event))).toBe(kind === 'comment' ? 'comments are not followed' : `passes as ${kind}`)
    },
  )
})
