import { z } from 'zod'
import { namedSchema, pageFileSchema } from '../../../shared/records.ts'

/** Puts a page's newest state into its page file and its record. */
const writeSchema = z.object({
  kind: z.literal('write'),
  pageId: z.string(),
  databaseId: z.string(),
  sourceId: z.string(),
  title: z.string(),
  /** The revision that was stored when this was planned; 0 where there was no record. */
  baseRevision: z.int(),
  lastEditedTime: z.string().nullable(),
  fingerprint: z.string(),
  file: pageFileSchema,
  flat: namedSchema(z.unknown()),
})

/** Moves a page's file to the trash and takes its record out of the database file. */
const removeSchema = z.object({
  kind: z.literal('remove'),
  pageId: z.string(),
  baseRevision: z.int(),
  reason: z.enum(['in the trash', 'moved out of what is watched', 'gone or no longer shared']),
})

/** A planned change of one record: journaled before a file is touched, taken up again after a crash. */
export const recordChangeSchema = z.discriminatedUnion('kind', [writeSchema, removeSchema])

export type RecordChange = Readonly<z.infer<typeof recordChangeSchema>>
export type WriteChange = Extract<RecordChange, { kind: 'write' }>
export type RemoveChange = Extract<RecordChange, { kind: 'remove' }>
