import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { flatRecord, renderRecord } from '../../electron/engine/cache/flat-record.ts'
import { pageIn, recordsIn } from '../support/cache-contents.ts'
import { property, textOf } from '../support/page-builders.ts'
import { type RunningEngine, startRunningEngine } from '../support/running-engine.ts'

const TASKS = 'Actionable Tasks'

/** What every JavaScript object has, or what means something to us elsewhere in a page. */
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'request_id', 'expiry_time', '$titlesOf']

const entriesOf = (value: unknown): ReadonlyMap<string, unknown> => new Map(Object.entries(value as object))

/** From now on Notion shows the page with these properties besides its own, each a text. */
const show = ({ simulator, workspace }: RunningEngine, id: string, texts: Readonly<Record<string, string>>): void => {
  const page = workspace.page(id)!
  const own = Object.entries(page['properties'] as object)
  const more = Object.entries(texts).map(([name, text]) => [name, property('rich_text', textOf(text))] as const)
  const body = { ...page, properties: Object.fromEntries([...own, ...more]) }
  simulator.clearFaults()
  simulator.failNext({ match: new RegExp(`^/v1/pages/${id}$`), times: null, status: 200, body })
}

test('a property is shown whatever its name: in the page file, in the record, and with each of its changes', async () => {
  const running = await startRunningEngine()
  const { workspace, cacheFolder, send } = running
  const id = workspace.pageIds(TASKS)[0]!
  const texts = Object.fromEntries(NAMES.map((name) => [name, `text of ${name}`]))
  show(running, id, texts)
  await send('page.created', id)
  await running.engine.whenIdle()
  for (const [at, changed] of [null, ...NAMES].entries()) {
    if (changed !== null) {
      Object.defineProperty(texts, changed, { value: `changed ${changed}` })
      show(running, id, texts)
      await send('page.properties_updated', id)
      await running.engine.whenIdle()
    }
    const { page, sync, path } = pageIn(cacheFolder, id)
    expect(sync.revision, changed ?? '').toBe(at + 1)
    const record = entriesOf(recordsIn(cacheFolder).get(id))
    const written = JSON.parse(readFileSync(join(cacheFolder, 'pages', path), 'utf8')) as typeof running & {
      page: { properties: object }
      sync: { fields: object }
    }
    for (const name of NAMES) {
      const text = entriesOf(texts).get(name)
      expect(record.get(name), name).toBe(text)
      expect(entriesOf(written.page.properties).get(name), name).toMatchObject({ rich_text: [{ plain_text: text }] })
      expect(entriesOf(written.sync.fields).get(name), name).toBe('updated')
      expect(entriesOf(page.properties).has(name), name).toBe(true)
      expect(entriesOf(sync.fields).get(name), name).toBe('updated')
    }
    expect(renderRecord(flatRecord(page), () => null)).toContain('"__proto__": ')
  }
  await send('page.properties_updated', id)
  await running.engine.whenIdle()
  expect(pageIn(cacheFolder, id).sync.revision).toBe(NAMES.length + 1)
})
