import { z } from 'zod'

/** How a pairing stands, as a person sees it. */
export const pairingViewSchema = z.object({
  /** Until when a person has opened it (ms since 1970); null: it is closed. */
  until: z.int().nullable(),
  /** Tokens that came, in order; from the second one on, somebody may be trying to slip theirs in. */
  tokens: z.array(z.object({ token: z.string(), suspicious: z.boolean() })),
  isPaired: z.boolean(),
  /** The last confirmation since the engine's start. */
  confirmed: z.object({ at: z.int(), workspace_id: z.string().nullable() }).nullable(),
})

export type PairingView = z.infer<typeof pairingViewSchema>
