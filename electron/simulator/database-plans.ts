import { organizationsDatabase } from './organizations-database.ts'
import { peopleDatabase } from './people-database.ts'
import type { DatabasePlan } from './property-types.ts'
import { tasksDatabase } from './tasks-database.ts'
import { transcriptsDatabase } from './transcripts-database.ts'

/** The generated databases; a database's number is its place here (see PEOPLE to ORGANIZATIONS). */
export const DATABASE_PLANS: readonly DatabasePlan[] = [
  peopleDatabase,
  transcriptsDatabase,
  tasksDatabase,
  organizationsDatabase,
]
