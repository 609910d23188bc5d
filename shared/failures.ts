import { z } from 'zod'

/** Why an attempt did not succeed: a code for machines, plain words for people. */
export const failureSchema = z.object({
  /** transient: the next attempt may succeed · rate-limited: Notion asks to wait · permanent: only a person can help. */
  kind: z.enum(['transient', 'rate-limited', 'permanent']),
  code: z.string(),
  message: z.string(),
})

export type Failure = Readonly<z.infer<typeof failureSchema>>
