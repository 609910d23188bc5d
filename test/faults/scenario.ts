import type { PageChanges } from '../../electron/simulator/page-edits.ts'
import type { Workspace } from '../../electron/simulator/workspace.ts'
import type { EventType } from '../../shared/events.ts'
import { figure } from '../support/figures.ts'

export const TASKS = 'Actionable Tasks'
export const PEOPLE = 'People & Contacts'

/** One thing that people do at Notion, and what Notion tells of it: the type of an event and the id that it is about. */
export interface Step {
  readonly name: string
  happen(workspace: Workspace): readonly (readonly [type: EventType, id: string])[]
}

export interface Scenario {
  readonly steps: readonly Step[]
  /** The pages that there have been so far. */
  pageIds(): readonly string[]
}

/** A page is created, and renamed. */
const shortScenario = (): Scenario => {
  let id = ''
  const steps: readonly Step[] = [
    {
      name: 'create',
      happen: (workspace) => {
        id = workspace.createPage(TASKS, { title: 'Call the port', properties: { Contacts: [] } })
        return [['page.created', id]]
      },
    },
    {
      name: 'edit with rename',
      happen: (workspace) => {
        workspace.editPage(id, { title: 'Call: the port / quay', properties: { Effort: 7 } })
        return [['page.properties_updated', id]]
      },
    },
  ]
  return { steps, pageIds: () => (id === '' ? [] : [id]) }
}

/** Pages of two databases are created, renamed, deleted, restored and moved; at last one of the databases is renamed. */
const wholeScenario = (): Scenario => {
  const ids = new Map<string, string>()
  const id = (key: string): string => ids.get(key) ?? ''

  const create = (workspace: Workspace, key: string, database: string, page: PageChanges): [EventType, string] => {
    ids.set(key, workspace.createPage(database, page))
    return ['page.created', id(key)]
  }

  const steps: readonly Step[] = [
    {
      name: 'create',
      happen: (workspace) => {
        const person = create(workspace, 'person', PEOPLE, { title: 'Ada Quay', properties: { Tasks: [] } })
        // Somebody who stays: of a page that loses a relation in this way Notion tells nothing.
        const contacts = { Contacts: workspace.pageIds(PEOPLE).slice(0, 1) }
        return [
          person,
          create(workspace, 'task', TASKS, { title: 'Call the port', properties: contacts }),
          create(workspace, 'twin', TASKS, { title: 'Call the port', properties: contacts }),
        ]
      },
    },
    {
      name: 'edit with rename',
      happen: (workspace) => {
        workspace.editPage(id('person'), { title: 'Ada Pier', markdown: 'Moved house.' })
        workspace.editPage(id('task'), { title: 'Call: the port / quay', properties: { Effort: 7 } })
        return [
          ['page.properties_updated', id('person')],
          ['page.content_updated', id('person')],
          ['page.properties_updated', id('task')],
        ]
      },
    },
    {
      name: 'delete',
      happen: (workspace) => {
        workspace.trashPage(id('person'))
        workspace.trashPage(id('twin'))
        return [
          ['page.deleted', id('person')],
          ['page.deleted', id('twin')],
        ]
      },
    },
    {
      name: 'restore',
      happen: (workspace) => {
        workspace.restorePage(id('twin'))
        workspace.editPage(id('twin'), { title: 'Call them again' })
        return [
          ['page.undeleted', id('twin')],
          ['page.properties_updated', id('twin')],
        ]
      },
    },
    {
      name: 'edit of the text',
      happen: (workspace) => {
        workspace.editPage(id('twin'), { markdown: 'They called back.' })
        return [['page.content_updated', id('twin')]]
      },
    },
    {
      name: 'move',
      happen: (workspace) => {
        workspace.movePage(id('task'), PEOPLE)
        return [['page.moved', id('task')]]
      },
    },
    {
      name: 'rename a database',
      happen: (workspace) => {
        const database = workspace.databases.find(({ title }) => title === TASKS)
        workspace.renameDatabase(TASKS, 'Duties & Chores')
        return [['data_source.content_updated', database?.dataSourceId ?? '']]
      },
    },
  ]
  return { steps, pageIds: () => [...ids.values()] }
}

export const createScenario = (): Scenario => figure(shortScenario, wholeScenario)()
