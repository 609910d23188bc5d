import { describe, expect, test } from 'vitest'
import { memberMention, textItem } from '../../../electron/simulator/rich-text.ts'
import { parseNotionId } from '../../../shared/ids.ts'
import { databaseIn } from '../../support/cache-contents.ts'
import { openCachedWorkspace } from '../../support/cached-workspace.ts'
import { pathsAskedFor } from '../../support/paths-asked-for.ts'

const PEOPLE = 'People & Contacts'
const TASKS = 'Actionable Tasks'
const DAY_MS = 86_400_000

/** A contact with three tasks; tasks are not watched unless told. */
const openRelated = async (watched: readonly string[] = [PEOPLE]) => {
  const cached = await openCachedWorkspace({ watched })
  const { workspace, simulator } = cached
  const id = workspace.pageIds(PEOPLE)[0]!
  const tasks = workspace.pageIds(TASKS).slice(0, 3)
  workspace.editPage(id, { properties: { Organizations: [], Tasks: tasks } })
  return {
    cached,
    id,
    tasks,
    titleOf: (task: string) => workspace.titleOf(task),
    /** Has the contact's record written, with a change; gives which of its tasks' titles are wanted then. */
    wantedAfterWriting: async (): Promise<readonly string[]> => {
      workspace.editPage(id, { markdown: `Seen ${cached.clock.now()}` })
      expect(await cached.attempt('page', id)).toMatchObject({ kind: 'done', outcome: 'written' })
      const wanted = cached.takeWantedTitles()
      return tasks.filter((task) => wanted.includes(parseNotionId(task)!))
    },
    /** What the attempts of these title jobs ask Notion for. */
    asked: (pageIds: readonly string[]): Promise<readonly string[]> =>
      pathsAskedFor(simulator, async () => {
        for (const pageId of pageIds) await cached.attempt('title', pageId)
      }),
    shownTasks: async (): Promise<unknown> => {
      await cached.cache.keeper.flushNow()
      return databaseIn(cached.cacheFolder, 'people_contacts.json').records[0]?.['Tasks']
    },
  }
}

describe('titles of related pages', () => {
  test('are not asked for by the page’s own job: they are wanted when its record is written, and ids until then', async () => {
    const { cached, id, tasks, wantedAfterWriting, shownTasks } = await openRelated()
    const asked = await pathsAskedFor(cached.simulator, async () => {
      expect(await wantedAfterWriting()).toEqual(tasks)
    })
    expect(asked).toContain(`/v1/pages/${id}`)
    expect(asked.filter((path) => tasks.some((task) => path.includes(task)))).toEqual([])
    expect(await shownTasks()).toEqual(tasks)
  })

  test('are fetched once a day where we do not hold the pages, and stand in the record', async () => {
    const { cached, tasks, titleOf, wantedAfterWriting, asked, shownTasks } = await openRelated()
    const wanted = await wantedAfterWriting()
    expect(await asked(wanted)).toEqual(tasks.map((task) => `/v1/pages/${task}`))
    expect(await shownTasks()).toEqual(tasks.map(titleOf))
    cached.clock.advance(DAY_MS - 1)
    expect(await wantedAfterWriting()).toEqual([])
    cached.workspace.editPage(tasks[0]!, { title: 'Renamed meanwhile' })
    cached.clock.advance(2)
    expect(await asked(await wantedAfterWriting())).toEqual(tasks.map((task) => `/v1/pages/${task}`))
    expect(await shownTasks()).toEqual(['Renamed meanwhile', ...tasks.slice(1).map(titleOf)])
  })

  test.each([403, 404])('that Notion does not show (%i) are ids, wanted again after a day', async (status) => {
    const { cached, tasks, titleOf, wantedAfterWriting, asked, shownTasks } = await openRelated()
    cached.simulator.failNext({ match: new RegExp(tasks[1]!), times: 1, status })
    await asked(await wantedAfterWriting())
    expect(await shownTasks()).toEqual([titleOf(tasks[0]!), tasks[1], titleOf(tasks[2]!)])
    cached.clock.advance(DAY_MS - 1)
    expect(await wantedAfterWriting()).toEqual([])
    cached.clock.advance(2)
    expect(await wantedAfterWriting()).toContain(tasks[1])
    await asked([tasks[1]!])
    expect(await shownTasks()).toEqual(tasks.map(titleOf))
  })

  test('are not wanted of pages that we hold', async () => {
    const { cached, tasks, wantedAfterWriting } = await openRelated([PEOPLE, TASKS])
    await cached.attempt('page', tasks[0]!)
    cached.takeWantedTitles()
    expect(await wantedAfterWriting()).toEqual(tasks.slice(1))
  })
})

describe('the job of a title', () => {
  test('is done when the page is not shown to us: there is nothing to try again', async () => {
    const { cached, tasks } = await openRelated()
    cached.simulator.failNext({ match: new RegExp(tasks[0]!), times: 1, status: 404 })
    expect(await cached.plan('title', tasks[0]!)).toMatchObject({
      ok: true,
      planned: { outcome: 'refreshed', change: null, titles: [{ title: null }], failure: null },
    })
  })

  test.each([
    [503, 'transient'],
    [401, 'permanent'],
  ])('has failed where Notion answers %i, and nothing is learnt; the next attempt brings it', async (status, kind) => {
    const { cached, tasks, titleOf, wantedAfterWriting, shownTasks } = await openRelated()
    await wantedAfterWriting()
    cached.simulator.failNext({ match: new RegExp(tasks[0]!), times: 1, status })
    expect(await cached.attempt('title', tasks[0]!)).toMatchObject({ kind: 'failed', failure: { kind } })
    expect(await shownTasks()).toEqual(tasks)
    expect(await wantedAfterWriting()).toEqual(tasks)
    expect(await cached.attempt('title', tasks[0]!)).toMatchObject({ kind: 'done', outcome: 'refreshed' })
    expect(await shownTasks()).toEqual([titleOf(tasks[0]!), tasks[1], tasks[2]])
  })

  test('asks nothing where the page is held meanwhile, or was removed since', async () => {
    const { cached, tasks, titleOf, wantedAfterWriting, asked, shownTasks } = await openRelated([PEOPLE, TASKS])
    await wantedAfterWriting()
    await cached.attempt('page', tasks[0]!)
    await cached.attempt('page', tasks[1]!)
    cached.workspace.trashPage(tasks[1]!)
    expect(await cached.attempt('page', tasks[1]!)).toMatchObject({ outcome: 'removed' })
    expect(await asked(tasks.slice(0, 2))).toEqual([])
    expect(await cached.attempt('title', tasks[0]!)).toMatchObject({ kind: 'done', outcome: 'unchanged' })
    expect(await shownTasks()).toEqual([titleOf(tasks[0]!), titleOf(tasks[1]!), tasks[2]])
  })

  test('completes a title whose mentions an answer cuts, and fails where the rest cannot be had', async () => {
    const { cached, tasks, wantedAfterWriting, shownTasks } = await openRelated()
    const { workspace, simulator } = cached
    const mentions = workspace.members.slice(0, 40).map(memberMention)
    workspace.editPage(tasks[0]!, { properties: { Task: [textItem('Ask '), ...mentions] } })
    await wantedAfterWriting()
    simulator.failNext({ match: /\/properties\//, times: 1, status: 503 })
    expect(await cached.attempt('title', tasks[0]!)).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } })
    expect(await shownTasks()).toEqual(tasks)
    await cached.attempt('title', tasks[0]!)
    const whole = `Ask ${mentions.map((mention) => mention.plain_text).join('')}`
    expect(mentions).toHaveLength(40)
    expect(await shownTasks()).toEqual([whole, tasks[1], tasks[2]])
  })
})
