import type { EventType } from '../../shared/events.ts'
import { eventFor } from './deliveries.ts'
import { createRandom, type Random } from './seeded-random.ts'
import type { Workspace } from './workspace.ts'

/** One thing that somebody does in the workspace, and the delivery that Notion sends for it. */
export interface DemoDelivery {
  readonly what: EventType
  readonly title: string
  readonly event: object
  /** True where the story goes on only when everything so far has been done. */
  readonly isPauseAfter: boolean
}

const TASKS = 'Actionable Tasks'
const STATES = ['In progress', 'Done', 'Not started']

interface Editor {
  readonly workspace: Workspace
  readonly random: Random
}

const told = ({ workspace }: Editor, what: EventType, id: string, isPauseAfter = false): DemoDelivery => ({
  what,
  title: workspace.titleOf(id) ?? '',
  event: eventFor(workspace, what, id),
  isPauseAfter,
})

const setState = (editor: Editor, id: string): DemoDelivery => {
  editor.workspace.editPage(id, { properties: { Status: editor.random.pick(STATES) } })
  return told(editor, 'page.properties_updated', id)
}

const rename = (editor: Editor, id: string): DemoDelivery => {
  const title = editor.workspace.titleOf(id) ?? ''
  editor.workspace.editPage(id, { title: title.endsWith(' (draft)') ? title.slice(0, -8) : `${title} (draft)` })
  return told(editor, 'page.properties_updated', id)
}

const write = (editor: Editor, id: string): DemoDelivery => {
  const before = editor.workspace.markdown(id) ?? ''
  const note = `\n\nNote ${editor.random.below(900) + 100}: checked against the minutes.`
  editor.workspace.editPage(id, { markdown: `${before.slice(0, 20_000)}${note}` })
  return told(editor, 'page.content_updated', id)
}

/** The story of the demo: 50 events. Pages appear, are edited in bursts, one is deleted and comes back. */
export function* demoStory(workspace: Workspace, seed: number): Generator<DemoDelivery> {
  const editor: Editor = { workspace, random: createRandom(seed) }
  const created = workspace.databases.flatMap(({ title }) => workspace.pageIds(title).slice(0, 7))
  for (const [index, id] of created.entries()) yield told(editor, 'page.created', id, index === created.length - 1)
  const tasks = workspace.pageIds(TASKS)
  for (const id of tasks.slice(0, 3)) for (let burst = 0; burst < 3; burst += 1) yield setState(editor, id)
  for (const id of created.slice(0, 2)) yield rename(editor, id)
  for (const id of created.slice(8, 11)) yield write(editor, id)
  const locked = created.slice(20, 21)
  for (const id of locked) yield told(editor, 'page.locked', id, true)
  for (const id of tasks.slice(6, 7)) {
    workspace.trashPage(id)
    yield told(editor, 'page.deleted', id, true)
    workspace.restorePage(id)
    yield told(editor, 'page.undeleted', id)
  }
  workspace.addProperty(TASKS, 'Reviewed', 'checkbox')
  for (const { dataSourceId } of workspace.databases.filter(({ title }) => title === TASKS)) {
    yield told(editor, 'data_source.schema_updated', dataSourceId)
  }
  for (const id of created.slice(3, 5)) yield told(editor, 'comment.created', id)
  for (const id of created.slice(5, 6)) {
    const delivery = told(editor, 'page.properties_updated', id)
    yield delivery
    // Notion repeats deliveries: the same event twice.
    yield delivery
  }
}

/** Edits without end: most of them to tasks, now and then a page that goes and one that comes back. */
export function* endlessEdits(workspace: Workspace, seed: number): Generator<DemoDelivery> {
  const editor: Editor = { workspace, random: createRandom(seed) }
  const { random } = editor
  const trashed: string[] = []
  for (;;) {
    const { title } = random.pick(workspace.databases)
    const id = random.pick(workspace.pageIds(title))
    const turn = random.below(20)
    const back = turn > 17 ? trashed.pop() : undefined
    if (back !== undefined) {
      workspace.restorePage(back)
      yield told(editor, 'page.undeleted', back)
    } else if (turn === 0 && workspace.pageIds(title).length > 3) {
      workspace.trashPage(id)
      trashed.push(id)
      yield told(editor, 'page.deleted', id)
    } else if (turn < 8) yield setState(editor, random.pick(workspace.pageIds(TASKS)))
    else if (turn < 12) yield write(editor, id)
    else if (turn < 14) yield rename(editor, id)
    else yield told(editor, 'page.created', id)
  }
}
