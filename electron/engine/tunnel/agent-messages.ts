import { z } from 'zod'

const failureSchema = z.object({ code: z.string(), message: z.string() })

/** What the process that holds the tunnel is told. */
export const toAgentSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('open'),
    authtoken: z.string(),
    domain: z.string().nullable(),
    localAddress: z.string(),
    path: z.string(),
    serverAddress: z.string().nullable(),
  }),
  z.object({ kind: z.literal('close') }),
])

export type ToAgent = z.infer<typeof toAgentSchema>

/** What it tells. */
export const fromAgentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), address: z.string() }),
  z.object({ kind: z.literal('failed'), failure: failureSchema }),
  z.object({ kind: z.literal('lost'), failure: failureSchema }),
  z.object({ kind: z.literal('waiting'), failure: failureSchema }),
  z.object({ kind: z.literal('noted'), message: z.string(), error: z.string() }),
])

export type FromAgent = z.infer<typeof fromAgentSchema>
