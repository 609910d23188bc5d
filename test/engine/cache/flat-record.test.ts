import { describe, expect, test } from 'vitest'
import { flatRecord, referencesOf, renderRecord, titleOf } from '../../../electron/engine/cache/flat-record.ts'
import { dashedId, type NotionId } from '../../../shared/ids.ts'
import { idNumber, pageOf, property, textOf, titled } from '../../support/page-builders.ts'

const PAGE = idNumber(1)
const [ANNA, BEN, UNKNOWN] = [idNumber(0xa), idNumber(0xb), idNumber(0xc)]

const titles = new Map([
  [ANNA, 'Anna'],
  [BEN, 'Ben'],
])

const titleFor = (id: NotionId) => titles.get(id) ?? null

/** The record of a page with these properties as a reader of the database file sees it, without what we add. */
const shown = (properties: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const text = renderRecord(flatRecord(pageOf(PAGE, properties)), titleFor)
  const {
    id: _id,
    url: _url,
    created_time: _c,
    last_edited_time: _l,
    ...rest
  } = JSON.parse(text) as Record<string, unknown>
  return rest
}

const valueOf = (type: string, value: unknown): unknown => shown({ It: property(type, value) })['It']

const pages = (...ids: readonly NotionId[]) => ids.map((id) => ({ id: dashedId(id) }))

const hosted = (name: string | null, url: string) => ({ name, type: 'file', file: { url, expiry_time: 'soon' } })

describe('every type of property has its simple value', () => {
  test.each<[string, string, unknown, unknown]>([
    ['title: all segments', 'title', textOf('Plan', ' the ', 'launch'), 'Plan the launch'],
    ['rich_text: all segments', 'rich_text', textOf('one\n', 'two'), 'one\ntwo'],
    ['number', 'number', 1.5, 1.5],
    ['number: 0 is a value', 'number', 0, 0],
    ['checkbox', 'checkbox', true, true],
    ['checkbox: false is a value', 'checkbox', false, false],
    ['select: the name', 'select', { id: 'x', name: 'High', color: 'red' }, 'High'],
    ['status: the name', 'status', { id: 'x', name: 'Done', color: 'green' }, 'Done'],
    ['multi_select: the names', 'multi_select', [{ name: 'b' }, { name: 'a' }], ['b', 'a']],
    ['date: the start', 'date', { start: '2026-11-23', end: null, time_zone: null }, '2026-11-23'],
    [
      'date: a range as both',
      'date',
      { start: '2026-11-23', end: '2026-11-24', time_zone: null },
      { start: '2026-11-23', end: '2026-11-24' },
    ],
    [
      'people: id and name',
      'people',
      [{ object: 'user', id: 'u', name: 'Anna', avatar_url: null }],
      [{ id: 'u', name: 'Anna' }],
    ],
    ['people: without a name the id', 'people', [{ object: 'user', id: 'u' }], [{ id: 'u' }]],
    [
      'files: the address of a hosted one without its query',
      'files',
      [hosted('a.pdf', 'https://files.example/a.pdf?X-Amz-Signature=1&X-Amz-Date=2')],
      [{ name: 'a.pdf', url: 'https://files.example/a.pdf' }],
    ],
    [
      'files: the address of an external one whole',
      'files',
      [{ name: 'b', type: 'external', external: { url: 'https://example.org/b?version=2' } }],
      [{ name: 'b', url: 'https://example.org/b?version=2' }],
    ],
    [
      'files: without a name the address',
      'files',
      [hosted(null, 'https://files.example/c')],
      [{ url: 'https://files.example/c' }],
    ],
    ['url', 'url', 'https://example.org/?a=b', 'https://example.org/?a=b'],
    ['email', 'email', 'anna@example.org', 'anna@example.org'],
    ['phone_number', 'phone_number', '+44 1', '+44 1'],
    ['created_time', 'created_time', '2026-11-01T08:00:00.000Z', '2026-11-01T08:00:00.000Z'],
    ['last_edited_time', 'last_edited_time', '2026-11-01T08:00:00.000Z', '2026-11-01T08:00:00.000Z'],
    ['created_by', 'created_by', { object: 'user', id: 'u', name: 'Anna', type: 'person' }, { id: 'u', name: 'Anna' }],
    ['last_edited_by', 'last_edited_by', { object: 'user', id: 'u', name: null }, { id: 'u' }],
    ['unique_id with a prefix', 'unique_id', { prefix: 'TASK', number: 7 }, 'TASK-7'],
    ['unique_id without a prefix', 'unique_id', { prefix: null, number: 7 }, '7'],
    ['verification: the state', 'verification', { state: 'verified', verified_by: null, date: null }, 'verified'],
    [
      'relation: titles, an id only where there is none',
      'relation',
      pages(ANNA, UNKNOWN, BEN),
      ['Anna', dashedId(UNKNOWN), 'Ben'],
    ],
    ['formula: text', 'formula', { type: 'string', string: 'x' }, 'x'],
    ['formula: 0', 'formula', { type: 'number', number: 0 }, 0],
    ['formula: false', 'formula', { type: 'boolean', boolean: false }, false],
    ['formula: a date', 'formula', { type: 'date', date: { start: '2026-11-23', end: null } }, '2026-11-23'],
    ['rollup: a number', 'rollup', { type: 'number', number: 0, function: 'sum' }, 0],
    [
      'rollup: a date',
      'rollup',
      { type: 'date', date: { start: '2026-01-01', end: '2026-01-02' } },
      { start: '2026-01-01', end: '2026-01-02' },
    ],
    [
      'rollup: the values of the pages, empty ones left out, 0 kept',
      'rollup',
      {
        type: 'array',
        function: 'show_original',
        array: [
          property('title', textOf('Plan')),
          property('number', null),
          property('number', 0),
          property('select', { name: 'High' }),
          property('rich_text', []),
          property('formula', { type: 'string', string: 'deep' }),
          property('people', [{ id: 'u', name: 'Anna' }]),
        ],
      },
      ['Plan', 0, 'High', 'deep', [{ id: 'u', name: 'Anna' }]],
    ],
    [
      'rollup: titles of pages that its pages relate to',
      'rollup',
      { type: 'array', array: [property('relation', pages(ANNA, UNKNOWN))] },
      [['Anna', dashedId(UNKNOWN)]],
    ],
    [
      'an unknown type is passed on as it came',
      'place',
      { lat: 51.5, lon: 0, name: null },
      { lat: 51.5, lon: 0, name: null },
    ],
    ['an unknown shape of a known type is passed on as it came', 'select', ['new', 'shape'], ['new', 'shape']],
    ['an unknown type within a formula is passed on', 'formula', { type: 'vector', vector: { x: 0 } }, { x: 0 }],
  ])('%s', (_what, type, value, expected) => {
    expect(valueOf(type, value)).toStrictEqual(expected)
  })
})

describe('an empty value is left out', () => {
  test.each<[string, unknown]>([
    ['title', []],
    ['rich_text', []],
    ['rich_text', textOf('')],
    ['number', null],
    ['select', null],
    ['status', null],
    ['multi_select', []],
    ['date', null],
    ['people', []],
    ['files', []],
    ['url', null],
    ['email', ''],
    ['phone_number', null],
    ['relation', []],
    ['formula', { type: 'string', string: null }],
    ['formula', { type: 'string', string: '' }],
    ['rollup', { type: 'array', array: [] }],
    ['rollup', { type: 'array', array: [property('number', null)] }],
    ['rollup', { type: 'number', number: null }],
    ['unique_id', { prefix: 'A', number: null }],
    ['button', {}],
    ['a type of tomorrow', null],
  ])('%s %j', (type, value) => {
    expect(shown({ It: property(type, value) })).toEqual({})
  })
})

test('the title comes first, the others in Notion’s order, ours last', () => {
  const page = pageOf(PAGE, { B: property('number', 1), Name: titled('Plan'), A: property('number', 2) })
  expect(Object.keys(flatRecord(page))).toEqual(['Name', 'B', 'A', 'id', 'url', 'created_time', 'last_edited_time'])
})

test('id, address and times are the page’s', () => {
  expect(flatRecord(pageOf(PAGE, {}))).toEqual({
    id: dashedId(PAGE),
    url: `https://app.notion.com/p/${PAGE}`,
    created_time: '2026-11-01T08:00:00.000Z',
    last_edited_time: '2026-11-02T09:30:00.000Z',
  })
})

test('a property that is named like one of ours wins, also when it is empty', () => {
  const record = flatRecord(pageOf(PAGE, { id: property('number', 7), url: property('url', null) }))
  expect(record['id']).toBe(7)
  expect(record).not.toHaveProperty('url')
  expect(record).toHaveProperty('created_time')
})

test('the title of a page is all its segments, and empty where it has none', () => {
  expect(titleOf(pageOf(PAGE, { N: property('number', 1), Any: property('title', textOf('a', 'b')) }))).toBe('ab')
  expect(titleOf(pageOf(PAGE, { Any: titled('') }))).toBe('')
  expect(titleOf(pageOf(PAGE, {}))).toBe('')
})

test('a record names each page whose title it shows once, rollups included', () => {
  const record = flatRecord(
    pageOf(PAGE, {
      One: property('relation', pages(ANNA, BEN)),
      Two: property('relation', [...pages(BEN), { id: 'no id' }]),
      Three: property('rollup', { type: 'array', array: [property('relation', pages(UNKNOWN))] }),
    }),
  )
  expect(referencesOf(record).toSorted()).toEqual([ANNA, BEN, UNKNOWN].toSorted())
})

test('a record’s text is indented for its place, and non-ASCII stands raw', () => {
  const record = flatRecord(
    pageOf(
      PAGE,
      { Name: titled('Zürich "日本"\nline'), T: property('multi_select', [{ name: 'é' }]) },
      { url: undefined },
    ),
  )
  expect(renderRecord(record, titleFor)).toBe(
    [
      '    {',
      '      "Name": "Zürich \\"日本\\"\\nline",',
      '      "T": [',
      '        "é"',
      '      ],',
      `      "id": "${dashedId(PAGE)}",`,
      '      "created_time": "2026-11-01T08:00:00.000Z",',
      '      "last_edited_time": "2026-11-02T09:30:00.000Z"',
      '    }',
    ].join('\n'),
  )
})

test('every property is shown, whatever its name, and none of them changes what the record is', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '$titlesOf']
  const properties = Object.fromEntries([
    ['Name', titled('Plan')],
    ...names.map((name) => [name, property('relation', pages(ANNA))] as const),
  ])
  const page = pageOf(PAGE, properties)
  const record = flatRecord(page)
  expect(Object.keys(record).slice(0, 1 + names.length)).toEqual(['Name', ...names])
  expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
  const shownRecord = JSON.parse(renderRecord(record, titleFor)) as object
  for (const name of names) expect(new Map(Object.entries(shownRecord)).get(name), name).toEqual(['Anna'])
  expect(referencesOf(record)).toEqual([ANNA])
  expect(titleOf(pageOf(PAGE, Object.fromEntries([['__proto__', titled('Plan')]])))).toBe('Plan')
})

test('a type that no one knows yet is passed on as it came, whatever it is called', () => {
  expect(shown({ P: property('constructor', { a: 1 }), Q: property('toString', 'x') })).toEqual({ P: { a: 1 }, Q: 'x' })
})
