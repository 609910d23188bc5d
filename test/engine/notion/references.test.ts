import { describe, expect, onTestFinished, test } from 'vitest'
import { completeProperty, mayLackReferences } from '../../../electron/engine/notion/references.ts'
import { memberMention, textItem } from '../../../electron/simulator/rich-text.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { parseNotionId } from '../../../shared/ids.ts'
import type { PageProperty } from '../../../shared/records.ts'
import { notionAt } from '../../support/notion-at.ts'

const PEOPLE = 'People & Contacts'
const TASKS = 'Actionable Tasks'

const users = (count: number): readonly unknown[] =>
  Array.from({ length: count }, (_none, index) => ({ object: 'user', id: `user ${index}` }))
const mentions = (count: number): readonly unknown[] => Array.from({ length: count }, () => ({ type: 'mention' }))
const texts = (count: number): readonly unknown[] => Array.from({ length: count }, () => ({ type: 'text' }))

describe('references may be missing', () => {
  test.each<readonly [boolean, string, PageProperty]>([
    [true, 'a relation that says so', { id: 'a', type: 'relation', relation: [], has_more: true }],
    [false, 'a relation that says no', { id: 'a', type: 'relation', relation: users(25), has_more: false }],
    [false, 'a relation that says nothing', { id: 'a', type: 'relation', relation: users(25) }],
    [true, '25 people', { id: 'a', type: 'people', people: users(25) }],
    [true, 'more people than the limit', { id: 'a', type: 'people', people: users(50) }],
    [false, '24 people', { id: 'a', type: 'people', people: users(24) }],
    [true, '25 mentions among texts', { id: 'a', type: 'rich_text', rich_text: [...texts(9), ...mentions(25)] }],
    [true, '25 mentions in a title', { id: 'a', type: 'title', title: mentions(25) }],
    [false, '24 mentions', { id: 'a', type: 'rich_text', rich_text: [...mentions(24), ...texts(200)] }],
    [false, 'many texts', { id: 'a', type: 'rich_text', rich_text: texts(200) }],
    [false, 'many options', { id: 'a', type: 'multi_select', multi_select: users(60) }],
    [false, 'a value of another shape', { id: 'a', type: 'people', people: null }],
    [false, 'a type that we do not know', { id: 'a', type: 'mood', mood: users(60), has_more: true }],
  ])('%s: %s', (mayLack, _what, property) => {
    expect(mayLackReferences(property)).toBe(mayLack)
  })
})

describe('completing', () => {
  const relation: PageProperty = { id: 'r%3A', type: 'relation', relation: [{ id: '1' }], has_more: true }
  const item = (type: string, value: unknown) => ({ object: 'property_item', id: 'r%3A', type, [type]: value })

  test('takes every item in its order, keeps all else, and says that nothing is missing', () => {
    const items = [item('relation', { id: '1' }), item('relation', { id: '2' })]
    expect(completeProperty(relation, items)).toEqual({
      id: 'r%3A',
      type: 'relation',
      relation: [{ id: '1' }, { id: '2' }],
      has_more: false,
    })
  })

  test('adds no has_more where Notion has none', () => {
    const people: PageProperty = { id: 'p', type: 'people', people: users(25) }
    expect(completeProperty(people, [item('people', { id: '1' })])).not.toHaveProperty('has_more')
  })

  test.each<readonly [string, unknown]>([
    ['another type', item('people', { id: '1' })],
    ['no type', { object: 'property_item' }],
    ['another object', { ...item('relation', { id: '1' }), object: 'page' }],
    ['nothing', null],
  ])('gives nothing where one of the items has %s', (_what, odd) => {
    expect(completeProperty(relation, [item('relation', { id: '1' }), odd])).toBeNull()
  })
})

describe('through the API', () => {
  const startWorkspace = async () => {
    const simulator = await startSimulator({ seed: 5, pagesPerDatabase: 140, requestsPerMinute: null })
    onTestFinished(() => simulator.stop())
    return { workspace: simulator.workspace, notion: notionAt(simulator.url) }
  }

  test.each([26, 100, 101, 130])('%i relations, people and mentions are all had', async (count) => {
    const { workspace, notion } = await startWorkspace()
    const members = workspace.members.slice(0, count)
    const contact = workspace.pageIds(PEOPLE)[0]!
    const task = workspace.pageIds(TASKS)[0]!
    workspace.editPage(contact, {
      properties: {
        Tasks: workspace.pageIds(TASKS).slice(0, count),
        Role: members.flatMap((member) => [textItem('with '), memberMention(member)]),
        'Looked after by': members.map(({ id }) => id),
      },
    })
    workspace.editPage(task, { properties: { Task: members.map(memberMention) } })

    for (const [pageId, names] of [
      [contact, ['Tasks', 'Role', 'Looked after by']],
      [task, ['Task']],
    ] as const) {
      const page = await notion.page(parseNotionId(pageId)!)
      if (!page.ok) throw new Error(page.failure.message)
      const whole = workspace.page(pageId)!['properties'] as Record<string, PageProperty>
      for (const name of names) {
        const shown = page.value.properties[name]!
        expect(shown).not.toEqual(whole[name])
        expect(mayLackReferences(shown)).toBe(true)
        const items = await notion.propertyItems(parseNotionId(pageId)!, shown.id)
        expect(items.ok && completeProperty(shown, items.value)).toEqual(whole[name])
      }
    }
  })
})
