import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Group = Readonly<Record<string, unknown>>

export interface SettingsChanges {
  readonly webhook?: Group
  readonly notion?: Group
  readonly cache?: Group
  readonly console?: Group
  readonly tunnel?: Group | undefined
}

/** Made anew for every run, in Notion's shape. */
export const madeSecret = (): string => `secret_${randomUUID().replaceAll('-', '')}`
export const madeToken = (): string => `ntn_${randomUUID().replaceAll('-', '')}`

/** The titles of the simulator's databases. */
export const DATABASE_TITLES = [
  'People & Contacts',
  'Intelligence & Transcripts',
  'Actionable Tasks',
  'Organizations & Bodies',
]

export interface WrittenSettings {
  readonly file: string
  /** Where the cache folder lies, unless the changes say otherwise. */
  readonly cacheFolder: string
}

/** Writes a settings file (JSON is YAML) whose defaults suit a test: any free port, little quiet time, no rate limit. */
export const writeSettings = (folder: string, baseUrl: string, changes: SettingsChanges = {}): WrittenSettings => {
  const file = join(folder, 'webhook_config.yaml')
  const settings = {
    webhook: {
      databases: DATABASE_TITLES,
      listen: { port: 0 },
      debouncing: { page_updates: '20ms' },
      ...changes.webhook,
    },
    notion: { base_url: baseUrl, token: madeToken(), requests_per_minute: 100_000, ...changes.notion },
    cache: { folder: 'cache', ...changes.cache },
    console: { port: 0, ...changes.console },
    tunnel: changes.tunnel,
  }
  writeFileSync(file, JSON.stringify(settings, null, 2))
  return { file, cacheFolder: join(folder, 'cache') }
}
