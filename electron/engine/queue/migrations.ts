import { CACHE_SCHEMA, FOLDER_TO_SETTLE, FORMER_FOLDERS, LEFT_FILES, PLANS_BY_PAGE } from '../cache/schema.ts'
import { QUEUE_SCHEMA } from './schema.ts'

/** From an empty file to the newest schema: `MIGRATIONS[n]` brings a file of version n to n + 1. None is ever changed. */
export const MIGRATIONS: readonly string[] = [
  `${QUEUE_SCHEMA};${CACHE_SCHEMA}`,
  PLANS_BY_PAGE,
  LEFT_FILES,
  FOLDER_TO_SETTLE,
  FORMER_FOLDERS,
]
