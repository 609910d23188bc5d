import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder of its own for the running test; it goes away with it. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'blackcore-sync-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
