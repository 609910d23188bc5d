import { join } from 'node:path'
import { z } from 'zod'

/** How commands find the running engine and prove that they are of this user: a file that only this user can read. */
export const consoleFileSchema = z.object({
  url: z.url(),
  token: z.string().min(32),
  pid: z.int(),
})

export type ConsoleFile = z.infer<typeof consoleFileSchema>

export const consoleFilePath = (dataFolder: string): string => join(dataFolder, 'console.json')
