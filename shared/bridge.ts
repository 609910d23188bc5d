import { z } from 'zod'
import { bundleFileSchema, checkSchema } from './diagnosis.ts'
import { JOB_STATES } from './jobs.ts'
import { pairingViewSchema } from './pairing.ts'
import { keptTokenSchema, TOKEN_NAMES } from './tokens.ts'

/** Which jobs a person means. Conditions that are given all have to hold; none given means no job at all. */
export const selectionSchema = z.strictObject({
  ids: z.array(z.int()).optional(),
  all: z.literal(true).optional(),
  /** A failure's code, such as `object_not_found`. */
  cause: z.string().optional(),
  /** A database's title, or its id. */
  database: z.string().optional(),
  /** No condition by itself, but a bound: only what has come to its state by then (ms since 1970), as `count` gave it. */
  until: z.int().optional(),
})

export type Selection = z.infer<typeof selectionSchema>

export const isEmptySelection = (selection: Selection): boolean =>
  (selection.ids ?? []).length === 0 &&
  selection.all === undefined &&
  selection.cause === undefined &&
  selection.database === undefined

export const jobViewSchema = z.object({
  id: z.int(),
  state: z.enum(JOB_STATES),
  page_id: z.string().nullable(),
  database: z.string().nullable(),
  /** Plain words; null where there is nothing to say. */
  reason: z.string().nullable(),
  attempts: z.array(z.object({ at: z.iso.datetime(), duration_ms: z.int(), code: z.string(), message: z.string() })),
})

export type JobView = z.infer<typeof jobViewSchema>

/** What a person can ask of a running engine, each call with the shapes of its input and its output. */
export const CALLS = {
  /**
   * Newest first; without states, all that are not completed. A long list comes in pieces: `next` is the `before` of the
   * following one, null with the last. A piece may be empty and not the last.
   */
  jobs: {
    input: z.strictObject({ states: z.array(z.enum(JOB_STATES)).optional(), before: z.int().optional() }),
    output: z.object({ jobs: z.array(jobViewSchema), next: z.int().nullable() }),
  },
  /** How many jobs a retry, discard or undo with this selection would mean; with `until`, no others that come meanwhile. */
  count: {
    input: z.strictObject({ action: z.enum(['retry', 'discard', 'undo']), selection: selectionSchema }),
    output: z.object({ count: z.int(), until: z.int() }),
  },
  retry: { input: selectionSchema, output: z.object({ retried: z.int() }) },
  discard: { input: selectionSchema, output: z.object({ discarded: z.int() }) },
  /** Takes discards back: the jobs are failed again, or completed where their page has succeeded since. */
  undo: { input: selectionSchema, output: z.object({ restored: z.int() }) },
  pause: {
    input: z.strictObject({ for_ms: z.int().min(1).nullable() }),
    output: z.object({ paused: z.literal(true) }),
  },
  resume: { input: z.strictObject({}), output: z.object({ paused: z.literal(false) }) },
  pairing: { input: z.strictObject({}), output: pairingViewSchema },
  /** Opens the pairing for its time, or anew; `refused`: why it cannot be. */
  'open-pairing': { input: z.strictObject({}), output: z.object({ refused: z.string().nullable() }) },
  /** Makes a token that waits the secret; `refused`: why it cannot be. */
  'confirm-pairing': {
    input: z.strictObject({ token: z.string() }),
    output: z.object({ refused: z.string().nullable() }),
  },
  /** Forgets every paired secret; `refused`: why that cannot be done. */
  disconnect: { input: z.strictObject({}), output: z.object({ refused: z.string().nullable() }) },
  /**
   * Keeps a token for the next start; null forgets it. `refused`: why it cannot be; `given_by`: what gives the token in
   * its place, because it wins over what is kept; `is_encrypted`: whether it lies in the file encrypted.
   */
  'keep-token': {
    input: z.strictObject({ name: z.enum(TOKEN_NAMES), token: keptTokenSchema.nullable() }),
    output: z.object({ refused: z.string().nullable(), given_by: z.string().nullable(), is_encrypted: z.boolean() }),
  },
  /**
   * Answers when nothing is left to do, database files written; or, with false, after a while, to be asked again.
   * `unwritten`: in plain words, the database files that were found to be impossible to write.
   */
  'wait-idle': { input: z.strictObject({}), output: z.object({ idle: z.boolean(), unwritten: z.array(z.string()) }) },
  /** Looks at everything but the settings file, in half a minute at most; `files`: for a bundle, where it is wanted. */
  diagnose: {
    input: z.strictObject({ with_files: z.boolean() }),
    output: z.object({
      checks: z.array(checkSchema),
      files: z.array(bundleFileSchema),
      /** When the engine read the settings that it runs with. */
      settings_read_at: z.iso.datetime().optional(),
    }),
  },
} as const

/** What is answered in place of an output, in plain words: why the call was not carried out, and what to do. */
export const callRefusalSchema = z.object({ error: z.string().min(1) })

export type CallName = keyof typeof CALLS
export type CallInput<Name extends CallName> = z.infer<(typeof CALLS)[Name]['input']>
export type CallOutput<Name extends CallName> = z.infer<(typeof CALLS)[Name]['output']>

/** The engine's side of the table. */
export type CallHandlers = {
  readonly [Name in CallName]: (input: CallInput<Name>) => Promise<CallOutput<Name>>
}

/** Those of the pairing. */
export type PairingCalls = Pick<CallHandlers, 'pairing' | 'open-pairing' | 'confirm-pairing' | 'disconnect'>

export type DiagnosisCalls = Pick<CallHandlers, 'diagnose'>

/** Those of the kept tokens. */
export type TokenCalls = Pick<CallHandlers, 'keep-token'>
