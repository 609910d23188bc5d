import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { flatRecord, renderRecord } from '../../electron/engine/cache/flat-record.ts'
import { cacheFolders } from '../../electron/engine/cache/folders.ts'
import { createPageFiles } from '../../electron/engine/cache/page-files.ts'
import { systemDisk } from '../../electron/engine/foundation/disk.ts'
import { SharedFlush } from '../../electron/engine/foundation/shared-flush.ts'
import { completeReferences } from '../../electron/engine/processors/page-parts.ts'
import { parseNotionId } from '../../shared/ids.ts'
import { answering, type Respond, startAnsweringServer } from '../support/answering-server.ts'
import { notionAt } from '../support/notion-at.ts'
import { describeRecordings, recordedObjects, recordings } from '../support/recordings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Property = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string }
type Properties = Readonly<Record<string, Property>>

const propertiesOf = (page: Readonly<Record<string, unknown>>): Properties => page['properties'] as Properties

/** The page itself, and the items of its properties where they are asked for. */
const servingPage =
  (page: Readonly<Record<string, unknown>>): Respond =>
  (response, path) => {
    const wanted = /\/properties\/([^?]+)/.exec(path)?.[1]
    if (wanted === undefined) {
      answering(200, page)(response, path)
      return
    }
    const property = Object.values(propertiesOf(page)).find(({ id }) => id === wanted)!
    const values = property[property.type] as readonly unknown[]
    const results = values.map((value) => ({ object: 'property_item', type: property.type, [property.type]: value }))
    answering(200, { object: 'list', results, has_more: false, next_cursor: null })(response, path)
  }

/** Through the client and the completion into a page file on the disk; gives the page as it stands there. */
const throughCache = async (recorded: Readonly<Record<string, unknown>>): Promise<unknown> => {
  const { url } = await startAnsweringServer(servingPage(recorded))
  const notion = notionAt(url)
  const id = parseNotionId(String(recorded['id']))!
  const page = await notion.page(id)
  if (!page.ok) throw new Error(page.failure.message)
  const { value, failures } = await completeReferences(notion, id, page.value, null)
  expect(failures).toEqual([])
  const folders = cacheFolders(temporaryFolder())
  const files = createPageFiles(systemDisk, new SharedFlush(systemDisk.flushFolder), folders, () => Promise.resolve())
  const sync = { revision: 1, fetched_at: '2026-11-23T12:00:00.000Z', event_id: 'event 1', fields: value.fields }
  await files.write(id, 'Recorded', 'page.json', { page: value.page, content: null, sync })
  expect(await files.read('Recorded', 'page.json')).toMatchObject({ sync })
  const file = JSON.parse(readFileSync(join(folders.pages, 'Recorded', 'page.json'), 'utf8')) as { page: unknown }
  return file.page
}

describeRecordings('A recorded page', () => {
  const pages = recordedObjects('page')

  test.each(pages)('$name stands in its page file, each property value as it was recorded', async ({ object }) => {
    const written = (await throughCache(object)) as Readonly<Record<string, unknown>>
    const properties = propertiesOf(object)
    expect(Object.keys(propertiesOf(written))).toEqual(Object.keys(properties))
    for (const [name, property] of Object.entries(properties)) {
      expect([name, propertiesOf(written)[name]]).toEqual([name, property])
    }
    expect(written).toEqual(object)
  })

  test.each(pages)(
    '$name makes a record that readers can read, and nothing of it is lost in text',
    async ({ object }) => {
      const { url } = await startAnsweringServer(servingPage(object))
      const page = await notionAt(url).page(parseNotionId(String(object['id']))!)
      if (!page.ok) throw new Error(page.failure.message)
      const record = flatRecord(page.value)
      expect(JSON.parse(JSON.stringify(record))).toEqual(record)
      const text = renderRecord(record, () => null)
      expect(text).not.toMatch(/\[object |undefined|\$titlesOf/)
      expect(Object.keys(JSON.parse(text) as object)).toEqual(Object.keys(record))
      for (const property of Object.values(propertiesOf(object))) {
        if (property.type !== 'title' && property.type !== 'rich_text') continue
        const segments = property[property.type] as readonly { readonly plain_text: string }[]
        const whole = segments.map((segment) => segment.plain_text).join('')
        if (whole !== '') expect(Object.values(record)).toContain(whole)
      }
    },
  )
})

describeRecordings('A recorded list of property items', () => {
  test.each(recordings('api', /^property_item\.list_(?:title|rich_text)\.json$|^page\.property_list/))(
    '$name is collected item by item',
    async ({ body }) => {
      const { url } = await startAnsweringServer(answering(200, body))
      const items = await notionAt(url).propertyItems('153104cd477e809d8dc4ff2d96ae3090', 'title')
      expect(items).toEqual({ ok: true, value: (body as { results: unknown }).results })
    },
  )
})

describeRecordings('A recorded text', () => {
  test.each(recordings('api', /^page_markdown\./))('$name is the page’s content', async ({ body }) => {
    const { url } = await startAnsweringServer(answering(200, body))
    const { markdown, truncated } = body as { markdown: string; truncated: boolean }
    const content = await notionAt(url).content('153104cd477e809d8dc4ff2d96ae3090')
    expect(content).toEqual({ ok: true, value: { markdown, truncated } })
  })
})

describeRecordings('The recorded connection', () => {
  test.each(recordings('api', /^user\.me_bot/))('$name names its workspace', async ({ body }) => {
    const { url } = await startAnsweringServer(answering(200, body))
    const { bot } = body as { bot: { workspace_id: string; workspace_name: string } }
    expect(await notionAt(url).me()).toEqual({ ok: true, value: { id: bot.workspace_id, name: bot.workspace_name } })
  })
})
