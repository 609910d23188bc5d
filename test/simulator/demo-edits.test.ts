import { expect, test } from 'vitest'
import { systemClock } from '../../electron/engine/foundation/clock.ts'
import { type DemoDelivery, demoStory, endlessEdits } from '../../electron/simulator/demo-edits.ts'
import { createWorkspace } from '../../electron/simulator/workspace.ts'
import { eventBodySchema } from '../../shared/events.ts'

const workspace = (seed = 7) => createWorkspace({ seed, pagesPerDatabase: 12, clock: systemClock })

const subjectOf = ({ event }: DemoDelivery): string => eventBodySchema.parse(event).entity?.id ?? ''

test('the story has 50 deliveries, one of them sent twice, and comes to an end', () => {
  const story = [...demoStory(workspace(), 7)]
  expect(story).toHaveLength(50)
  expect(new Set(story.map(({ event }) => eventBodySchema.parse(event).id)).size).toBe(49)
  for (const { what, event } of story) expect(eventBodySchema.parse(event).type).toBe(what)
})

test('the story tells of every database, of bursts, and of a page that goes and comes back', () => {
  const space = workspace()
  const story = [...demoStory(space, 7)]
  const created = story.filter(({ what }) => what === 'page.created').map(subjectOf)
  const homes = new Set(created.map((id) => space.location(id)?.databaseId))
  expect(homes).toEqual(new Set(space.databases.map(({ id }) => id)))
  const edits = story.filter(({ what }) => what === 'page.properties_updated').map(subjectOf)
  expect(edits.some((id, at) => edits[at + 1] === id && edits[at + 2] === id)).toBe(true)
  const gone = story.findIndex(({ what }) => what === 'page.deleted')
  // It is back only after its removal was done: else Notion would show nothing but the page as it was.
  expect(story[gone]?.isPauseAfter).toBe(true)
  expect(story[gone + 1]).toMatchObject({ what: 'page.undeleted' })
  expect(subjectOf(story[gone + 1]!)).toBe(subjectOf(story[gone]!))
})

test('the same seed tells the same story', () => {
  const told = (seed: number): readonly unknown[] =>
    [...demoStory(workspace(seed), seed)].map(({ what, title }) => [what, title])
  expect(told(7)).toEqual(told(7))
  expect(told(7)).not.toEqual(told(8))
})

test('the edits never end, never run out of pages, and bring back what they delete', () => {
  const space = workspace()
  const counts = new Map<string, number>()
  let sent = 0
  for (const { what, event } of endlessEdits(space, 7)) {
    expect(eventBodySchema.parse(event).type).toBe(what)
    counts.set(what, (counts.get(what) ?? 0) + 1)
    sent += 1
    if (sent === 2_000) break
  }
  for (const { title } of space.databases) expect(space.pageIds(title).length).toBeGreaterThanOrEqual(3)
  for (const what of ['page.properties_updated', 'page.content_updated', 'page.deleted', 'page.undeleted']) {
    expect(counts.get(what)).toBeGreaterThan(20)
  }
})
