import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LoadInput, loadSettings, SettingsError } from '../../../electron/engine/settings/load.ts'

const load = (text: string, environment: LoadInput['environment'] = {}, file = 'settings.yaml') =>
  loadSettings({ file, cwd: '/srv/blackcore', environment, readText: () => text })

const messageOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError)
    if (error instanceof SettingsError) return error.message
  }
  throw new Error('Nothing was refused')
}

/** The deployment configuration of the specification: it has to be accepted as it is printed there. */
const SPECIFIED = `# webhook_config.yaml
webhook:
  endpoint_url: "https://your-domain.com/webhooks/notion"
  secret: "\${WEBHOOK_SECRET}"
  
  databases:
    - "Intelligence & Transcripts"
    - "People & Contacts"
    - "Actionable Tasks"
    - "Organizations & Bodies"
  
  events:
    - "page.created"
    - "page.updated"
    - "page.deleted"
  
  processing:
    queue_size: 1000
    workers: 4
    retry_attempts: 3
    retry_backoff: exponential
    
  debouncing:
    page_updates: 5s  # Ignore updates within 5 seconds
    
  triggers:
    new_transcript:
      action: "process_intelligence"
      async: true
    
    task_completed:
      action: "notify_assignee"
      async: false
`

const MINIMAL = 'webhook:\n  databases: [Tasks]\n'

describe('the file of the specification', () => {
  test('is accepted exactly as printed', () => {
    const { settings } = load(SPECIFIED, { WEBHOOK_SECRET: 'a-secret', NOTION_TOKEN: 'a-token' })
    expect(settings).toEqual({
      webhook: {
        endpointUrl: 'https://your-domain.com/webhooks/notion',
        secret: 'a-secret',
        listen: { host: '127.0.0.1', port: 8000 },
        databases: ['Intelligence & Transcripts', 'People & Contacts', 'Actionable Tasks', 'Organizations & Bodies'],
        events: ['page.created', 'page.updated', 'page.deleted'],
        processing: { queueSize: 1000, workers: 4, retryAttempts: 3, retryBackoff: 'exponential' },
        debouncing: { pageUpdatesMs: 5000 },
        triggers: {
          new_transcript: { action: 'process_intelligence', async: true },
          task_completed: { action: 'notify_assignee', async: false },
        },
      },
      notion: {
        token: 'a-token',
        baseUrl: 'https://api.notion.com',
        version: '2026-03-11',
        requestsPerMinute: 180,
      },
      cache: { folder: resolve('/srv/blackcore/blackcore-cache'), content: true },
      console: { port: 8001 },
      tunnel: { provider: 'none', authtoken: null, domain: null },
    })
  })

  test('is accepted with the line ends of Windows and a byte order mark', () => {
    const { settings, where } = load(`\uFEFF${SPECIFIED.replaceAll('\n', '\r\n')}`, { WEBHOOK_SECRET: 's' })
    expect(settings.webhook.databases[3]).toBe('Organizations & Bodies')
    expect(where('webhook.secret')).toBe('settings.yaml:4: webhook.secret')
  })

  test('is accepted as JSON as well', () => {
    const { settings } = load(
      JSON.stringify({ webhook: { secret: '${S}', databases: ['Tasks'], processing: { workers: 7 } } }, null, 2),
      { S: 'a-secret' },
      'settings.json',
    )
    expect(settings.webhook).toMatchObject({ secret: 'a-secret', databases: ['Tasks'], processing: { workers: 7 } })
  })
})

describe('loaded settings', () => {
  test('have every default when the file names a database only', () => {
    const { settings } = load(MINIMAL)
    expect(settings.webhook).toEqual({
      endpointUrl: null,
      secret: null,
      listen: { host: '127.0.0.1', port: 8000 },
      databases: ['Tasks'],
      events: ['page.created', 'page.updated', 'page.deleted', 'database.updated'],
      processing: { queueSize: 100_000, workers: 4, retryAttempts: 3, retryBackoff: 'exponential' },
      debouncing: { pageUpdatesMs: 5000 },
      triggers: {},
    })
    expect(settings.notion.token).toBeNull()
  })

  test('keep the other defaults of a group of which one value is written', () => {
    const { settings } = load(
      `${MINIMAL}  listen: {port: 0}\n  processing: {workers: 1}\nnotion: {version: 2022-06-28}\n`,
    )
    expect(settings.webhook.listen).toEqual({ host: '127.0.0.1', port: 0 })
    expect(settings.webhook.processing.queueSize).toBe(100_000)
    expect(settings.notion).toMatchObject({ version: '2022-06-28', requestsPerMinute: 180 })
  })

  test('cannot be changed at any depth', () => {
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
    expect(isFrozen(load(SPECIFIED, { WEBHOOK_SECRET: 's' }).settings)).toBe(true)
    expect(isFrozen(load(MINIMAL).settings)).toBe(true)
  })

  test('run an action in the background unless the file says otherwise', () => {
    const { settings } = load(`${MINIMAL}  triggers:\n    done:\n      action: notify\n`)
    expect(settings.webhook.triggers).toEqual({ done: { action: 'notify', async: true } })
  })

  test.each([
    ['0', 0],
    ['500ms', 500],
    ['0s', 0],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['24h', 86_400_000],
  ])('take %s as a duration', (written, expectedMs) => {
    const { settings } = load(`${MINIMAL}  debouncing:\n    page_updates: ${written}\n`)
    expect(settings.webhook.debouncing.pageUpdatesMs).toBe(expectedMs)
  })

  test.each(['127.0.0.1', '0.0.0.0', '"::"', '"::1"', 'fe80::1%eth0', 'localhost', 'sync_1.internal'])(
    'take %s as a host',
    (host) => {
      expect(load(`${MINIMAL}  listen:\n    host: ${host}\n`).settings.webhook.listen.host).toBe(
        host.replaceAll('"', ''),
      )
    },
  )

  test('take addresses without the slashes at their end', () => {
    expect(load(`${MINIMAL}notion:\n  base_url: http://127.0.0.1:4000//\n`).settings.notion.baseUrl).toBe(
      'http://127.0.0.1:4000',
    )
  })

  test('have no endpoint when its key is left empty', () => {
    expect(load(`${MINIMAL}  endpoint_url:\n`).settings.webhook.endpointUrl).toBeNull()
    expect(load(`${MINIMAL}  endpoint_url: ""\n`).settings.webhook.endpointUrl).toBeNull()
  })
})

describe('the file', () => {
  test('is read where it stands relative to the working folder, and reported by its absolute path', () => {
    const asked: string[] = []
    const { file } = loadSettings({
      file: 'conf/my.yaml',
      cwd: '/srv/blackcore',
      environment: {},
      readText: (path) => {
        asked.push(path)
        return MINIMAL
      },
    })
    expect(asked).toEqual([resolve('/srv/blackcore/conf/my.yaml')])
    expect(file).toBe(resolve('/srv/blackcore/conf/my.yaml'))
  })

  test.each([
    ['blackcore-cache', '/etc/sync/blackcore-cache'],
    ['../data', '/etc/data'],
    ['/var/data', '/var/data'],
  ])('is what the relative folder %s is relative to', (written, expected) => {
    const { settings } = load(`${MINIMAL}cache:\n  folder: ${written}\n`, {}, '/etc/sync/settings.yaml')
    expect(settings.cache.folder).toBe(resolve(expected))
  })

  test.each([
    ['ENOENT', 'conf.yaml cannot be read: there is no such file.'],
    ['EACCES', 'conf.yaml cannot be read: this user may not read it.'],
    ['EISDIR', 'conf.yaml cannot be read: it is a folder.'],
    ['EMFILE', 'conf.yaml cannot be read: the system says EMFILE.'],
  ])('gives one sentence when reading it ends with %s', (code, expected) => {
    const cause = Object.assign(new Error('from the system'), { code })
    const readText = (): string => {
      throw cause
    }
    const act = () => loadSettings({ file: 'conf.yaml', cwd: '/srv', environment: {}, readText })
    expect(messageOf(act)).toBe(expected)
    expect(act).toThrow(expect.objectContaining({ code: 'settings', name: 'SettingsError', cause }))
  })

  test('is shown in messages as the user gave it', () => {
    expect(messageOf(() => load('[]', {}, './conf/../my.yaml'))).toMatch(/^\.\/conf\/\.\.\/my\.yaml:1: /)
  })
})

describe('a missing secret', () => {
  test.each([
    ['there is no key', ''],
    ['its key is left empty', '  secret:\n'],
    ['it is empty text', '  secret: ""\n'],
    ['its variable is unset', '  secret: ${MISSING}\n'],
    ['its variable is empty', '  secret: "${EMPTY}"\n'],
    ['a part of it is unset', '  secret: "abc${MISSING}"\n'],
  ])('means not paired: %s', (_, line) => {
    expect(load(`${MINIMAL}${line}`, { EMPTY: '' }).settings.webhook.secret).toBeNull()
  })

  test('is no secret that ends in a newline: that comes off', () => {
    expect(load(`${MINIMAL}  secret: \${S}\n`, { S: 'abc\n' }).settings.webhook.secret).toBe('abc')
  })

  test('is no secret of digits: that stays text', () => {
    expect(load(`${MINIMAL}  secret: \${S}\n`, { S: '0123' }).settings.webhook.secret).toBe('0123')
  })
})

test('where gives the line of a written value and says so for a default', () => {
  const { where } = load(SPECIFIED, {}, 'webhook_config.yaml')
  expect(where('webhook.secret')).toBe('webhook_config.yaml:4: webhook.secret')
  expect(where('webhook.databases')).toBe('webhook_config.yaml:6: webhook.databases')
  expect(where('webhook.databases[2]')).toBe('webhook_config.yaml:9: webhook.databases[2]')
  expect(where('webhook.triggers.task_completed.async')).toBe(
    'webhook_config.yaml:33: webhook.triggers.task_completed.async',
  )
  expect(where('webhook.listen.port')).toBe('webhook_config.yaml: webhook.listen.port (default)')
})

test('what is written is known though its variable is unset, and an empty key holds nothing', () => {
  const { settings, isWritten } = load('webhook: { secret: "${UNSET}", databases: [Tasks] }\nnotion: { token: }')
  expect(settings.webhook.secret).toBeNull()
  expect(['webhook.secret', 'notion.token', 'tunnel.authtoken'].map(isWritten)).toEqual([true, false, false])
})
