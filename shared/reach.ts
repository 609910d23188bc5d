import { z } from 'zod'

/** none: nothing reaches us but the catch-up · ngrok: a tunnel of our own · url: a public address that others forward. */
export const TUNNEL_PROVIDERS = ['none', 'ngrok', 'url'] as const

/**
 * off: no tunnel is wanted · opening: the tunnel is being opened · checking: it is open, and no probe has come back yet ·
 * reachable: the newest probe, or a delivery since, came through the public address · unreachable: see the message.
 */
const REACH_STATES = ['off', 'opening', 'checking', 'reachable', 'unreachable'] as const

/** Whether Notion can reach us. */
export const reachSchema = z.object({
  provider: z.enum(TUNNEL_PROVIDERS),
  state: z.enum(REACH_STATES),
  /** The whole public address of the webhook, as it is pasted into Notion; null while none is known. */
  address: z.string().nullable(),
  /** When something last came through the public address. */
  provenAt: z.iso.datetime().nullable(),
  /** What is wrong and what to do, in plain words; null where nothing is. */
  message: z.string().nullable(),
})

export type Reach = Readonly<z.infer<typeof reachSchema>>
