import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../../electron/engine/foundation/database.ts'
import { MIGRATIONS } from '../../../electron/engine/queue/migrations.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('plans that were kept by job are kept by page after the migration, the newest of each page', () => {
  const path = join(temporaryFolder(), 'blackcore.db')
  const before = openDatabase(path, MIGRATIONS.slice(0, 1))
  const plan = before.sql('INSERT INTO plan (job_id, page_id, change) VALUES (?, ?, ?)')
  plan.run(12, 'a', 'newer')
  plan.run(7, 'a', 'older')
  plan.run(9, 'b', 'other')
  before.close()
  const after = openDatabase(path, MIGRATIONS)
  expect(after.sql('SELECT page_id, change FROM plan ORDER BY page_id').all()).toEqual([
    { page_id: 'a', change: 'newer' },
    { page_id: 'b', change: 'other' },
  ])
  after.close()
})
