import { z } from 'zod'

/** In the order in which a delivery meets them: what stands behind a failed one may fail for its sake. */
export const CHECK_NAMES = [
  'settings',
  'token',
  'workspace',
  'databases',
  'listener',
  'tunnel',
  'probe',
  'disk',
  'clock',
] as const

/** notice: worth knowing, and no fault · skipped: not checked, for the reason that the message gives. */
const CHECK_OUTCOMES = ['ok', 'notice', 'failed', 'skipped'] as const

export const checkSchema = z.object({
  name: z.enum(CHECK_NAMES),
  outcome: z.enum(CHECK_OUTCOMES),
  /** Plain words: what was found and, where something is wrong, what to do. */
  message: z.string(),
})

export type Check = Readonly<z.infer<typeof checkSchema>>
export type CheckName = Check['name']

/** A text of the bundle, free of secrets. */
export const bundleFileSchema = z.object({ name: z.string().regex(/^[a-z][a-z.-]{0,60}$/), text: z.string() })

export type BundleFile = Readonly<z.infer<typeof bundleFileSchema>>
