import { z } from 'zod'

/**
 * A map by names that people chose. `__proto__` is a name like any other: zod's own record drops it, and assigning to it
 * would change what the object is; entries keep it.
 */
export const namedSchema = <T>(value: z.ZodType<T>) =>
  z.preprocess(
    (map) => (typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.entries(map) : null),
    z.array(z.tuple([z.string(), value])).transform((entries): Record<string, T> => Object.fromEntries(entries)),
  )

/** What stands under a name in such a map, and not what every object inherits. */
export const underName = <T>(map: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined

/** One property of a page as Notion gives it: its id, its type, and the value under the type's own name. */
export const pagePropertySchema = z.looseObject({ id: z.string(), type: z.string() })

export type PageProperty = z.infer<typeof pagePropertySchema>

/** Notion's page, version 2026-03-11. What we do not rely on is kept as it came. */
export const notionPageSchema = z.looseObject({
  object: z.literal('page'),
  id: z.string(),
  created_time: z.string().optional(),
  last_edited_time: z.string().optional(),
  in_trash: z.boolean().optional(),
  url: z.string().optional(),
  parent: z.looseObject({
    type: z.string().optional(),
    data_source_id: z.string().optional(),
    database_id: z.string().optional(),
  }),
  properties: namedSchema(pagePropertySchema),
})

export type NotionPage = z.infer<typeof notionPageSchema>

/** A page's text as Markdown; `truncated` is Notion's word for "there is more than I could give". */
export const pageContentSchema = z.object({ markdown: z.string(), truncated: z.boolean() })

export type PageContent = z.infer<typeof pageContentSchema>

/** updated: as read with this revision · kept: could not be had in full, so the value of before stands. */
export const fieldStateSchema = z.enum(['updated', 'kept'])

export type FieldState = z.infer<typeof fieldStateSchema>

/** A page file: `<folder>/pages/<database>/<title> (<last 8 digits>).json`. */
export const pageFileSchema = z.object({
  page: notionPageSchema,
  content: pageContentSchema.nullable(),
  sync: z.object({
    /** Ours; rises by one at each applied change of this record. */
    revision: z.int().min(1),
    fetched_at: z.iso.datetime(),
    event_id: z.string(),
    fields: namedSchema(fieldStateSchema),
  }),
})

export type PageFile = z.infer<typeof pageFileSchema>
