import { z } from 'zod'

/** Why an attempt did not succeed: a code for machines, plain words for people. */
export const failureSchema = z.object({
  /** transient: the next attempt may succeed · rate-limited: Notion asks to wait · permanent: only a person can help. */
  kind: z.enum(['transient', 'rate-limited', 'permanent']),
  code: z.string(),
  message: z.string(),
  /** Whom it stops besides this job: all who ask Notion, or all who write to the disk. Unnamed: nobody. */
  stops: z.enum(['notion', 'disk']).optional(),
})

export type Failure = Readonly<z.infer<typeof failureSchema>>
