import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseNotionId } from '../../shared/ids.ts'
import { answering, startAnsweringServer } from '../support/answering-server.ts'
import { notionAt } from '../support/notion-at.ts'
import { describeRecordings, recordedObjects } from '../support/recordings.ts'

const titled = {
  id: z.string(),
  title: z.array(z.object({ plain_text: z.string() })),
  in_trash: z.boolean().optional(),
}
const sourceSchema = z.object({
  ...titled,
  parent: z.object({ database_id: z.string() }),
  properties: z.record(z.string(), z.object({ id: z.string(), name: z.string(), type: z.string() })),
})
const databaseSchema = z.object({ ...titled, data_sources: z.array(z.object({ id: z.string() })) })

const commonOf = (recorded: z.infer<z.ZodObject<typeof titled>>) => ({
  id: parseNotionId(recorded.id),
  title: recorded.title.map((segment) => segment.plain_text).join(''),
  isInTrash: recorded.in_trash ?? false,
})

describeRecordings('A recorded data source', () => {
  test.each(recordedObjects('data_source'))(
    '$name is read whole: title, database, every property',
    async ({ object }) => {
      const { url } = await startAnsweringServer(answering(200, object))
      const recorded = sourceSchema.parse(object)
      expect(await notionAt(url).dataSource(parseNotionId(recorded.id)!)).toEqual({
        ok: true,
        value: {
          ...commonOf(recorded),
          databaseId: parseNotionId(recorded.parent.database_id),
          properties: Object.values(recorded.properties).map(({ id, name, type }) => ({ id, name, type })),
        },
      })
    },
  )
})

describeRecordings('A recorded database', () => {
  const all = recordedObjects('database')
  const isContainer = ({ object }: (typeof all)[number]): boolean => 'data_sources' in object

  test.each(all.filter(isContainer))('$name is read whole: title and every data source', async ({ object }) => {
    const { url } = await startAnsweringServer(answering(200, object))
    const recorded = databaseSchema.parse(object)
    expect(await notionAt(url).database(parseNotionId(recorded.id)!)).toEqual({
      ok: true,
      value: {
        ...commonOf(recorded),
        dataSourceIds: recorded.data_sources.map(({ id }) => parseNotionId(id)),
      },
    })
  })

  test.each(all.filter((recorded) => !isContainer(recorded)))(
    '$name is of an API version before 2025-09-03 (properties, no data sources) and is told, not read as an empty one',
    async ({ object }) => {
      expect(object).toHaveProperty('properties')
      const { url } = await startAnsweringServer(answering(200, object))
      expect(await notionAt(url).database(parseNotionId(String(object['id']))!)).toMatchObject({
        ok: false,
        failure: { kind: 'permanent', code: 'unexpected_answer' },
      })
    },
  )
})
