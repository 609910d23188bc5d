import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../../electron/engine/settings/load.ts'

const ENVIRONMENT = { PORT: '8000', WORD: 'four', MANY: '99', EMPTY: '', TITLE: '2024' }

const refusal = (text: string): string => {
  try {
    loadSettings({ file: 's.yaml', cwd: '/srv', environment: ENVIRONMENT, readText: () => text })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'accepted'
}

/** Two lines that are right; what is appended stands in line 3. */
const inWebhook = (lines: string): string => refusal(`webhook:\n  databases: [Tasks]\n${lines}\n`)

describe('a value that breaks its rule is named with its line, its key and the rule', () => {
  test.each([
    ['  processing: {workers: four}', 'webhook.processing.workers must be a whole number from 1 to 32, but is "four".'],
    ['  processing: {workers: 0}', 'webhook.processing.workers must be a whole number from 1 to 32, but is 0.'],
    ['  processing: {workers: 33}', 'webhook.processing.workers must be a whole number from 1 to 32, but is 33.'],
    ['  processing: {workers: 1.5}', 'webhook.processing.workers must be a whole number from 1 to 32, but is 1.5.'],
    ['  processing: {workers: }', 'webhook.processing.workers must be a whole number from 1 to 32, but is empty.'],
    ['  processing: {workers: [4]}', 'webhook.processing.workers must be a whole number from 1 to 32, but is a list.'],
    ['  processing: {workers: ""}', 'webhook.processing.workers must be a whole number from 1 to 32, but is "".'],
    [
      '  processing: {retry_attempts: 21}',
      'webhook.processing.retry_attempts must be a whole number from 0 to 20, but is 21.',
    ],
    [
      '  processing: {queue_size: 10000001}',
      'webhook.processing.queue_size must be a whole number from 1 to 10000000, but is 10000001.',
    ],
    [
      '  processing: {retry_backoff: exponental}',
      'webhook.processing.retry_backoff must be exponential, but is "exponental". Did you mean exponential?',
    ],
    ['  processing: [4]', 'webhook.processing must be a group of keys with values, but is a list.'],
    ['  processing:', 'webhook.processing must be a group of keys with values, but is empty.'],
    ['  listen: {port: 65536}', 'webhook.listen.port must be a whole number from 0 to 65535, but is 65536.'],
    [
      '  listen: {host: "localhost:80"}',
      'webhook.listen.host must be an IP address or the name of a host, without a port, but is "localhost:80".',
    ],
    [
      '  endpoint_url: your-domain.com',
      'webhook.endpoint_url must be an address that starts with https:// or http://, but is "your-domain.com".',
    ],
    [
      '  debouncing: {page_updates: 5}',
      'webhook.debouncing.page_updates must be a duration of at most 24h with its unit, such as 500ms, 5s, 10m or 1h, but is 5.',
    ],
    [
      '  debouncing: {page_updates: 5 seconds}',
      'webhook.debouncing.page_updates must be a duration of at most 24h with its unit, such as 500ms, 5s, 10m or 1h, but is "5 seconds".',
    ],
    [
      '  debouncing: {page_updates: 25h}',
      'webhook.debouncing.page_updates must be a duration of at most 24h with its unit, such as 500ms, 5s, 10m or 1h, but is "25h".',
    ],
    [
      '  events: [page.created, page.update]',
      'webhook.events[1] must be the name of an event, such as page.created or page.updated, but is "page.update". Did you mean page.updated?',
    ],
    ['  events: []', 'webhook.events must name at least one event, but is an empty list.'],
    ['  events: page.created', 'webhook.events must be a list of events, but is "page.created".'],
    ['  triggers: [x]', 'webhook.triggers must be a group of triggers, each with an action, but is a list.'],
    [
      '  triggers: {a b: {action: x, async: maybe}}',
      'webhook.triggers."a b".async must be true or false, but is "maybe".',
    ],
    ['notion: {version: "2026"}', 'notion.version must be a date such as 2026-03-11, but is "2026".'],
    [
      'notion: {requests_per_minute: 0}',
      'notion.requests_per_minute must be a whole number from 1 to 100000, but is 0.',
    ],
    [
      'notion: {base_url: "https://x.test/?a=1"}',
      'notion.base_url must be an address that starts with https:// or http:// and has no ? or #, but is "https://x.test/?a=1".',
    ],
    [
      'notion: {base_url: "http://me:open-sesame@127.0.0.1:9"}',
      'notion.base_url must be an address without a user name and a password (give the token as notion.token), but is text of another kind.',
    ],
    [
      '  endpoint_url: "https://me:open @sesame@127.0.0.1:9"',
      'webhook.endpoint_url must be an address without a user name and a password (Notion sends none), but is text of another kind.',
    ],
    ['cache: {folder: " "}', 'cache.folder must be the path of a folder, but is " ".'],
    ['cache: {folder: ~/data}', 'cache.folder must be a path without ~ (write ${HOME} instead), but is "~/data".'],
    ['cache: {content: yes}', 'cache.content must be true or false, but is "yes".'],
    ['tunnel: {provider: cloudflare}', 'tunnel.provider must be none, ngrok, url, but is "cloudflare".'],
    [
      'tunnel: {domain: "https://name.ngrok-free.app/"}',
      'tunnel.domain must be a domain alone, such as name.ngrok-free.app, without https:// and without a path, but is "https://name.ngrok-free.app/".',
    ],
    ['console: 8001', 'console must be a group of keys with values, but is 8001.'],
  ])('%s', (lines, expected) => {
    expect(inWebhook(lines)).toBe(`s.yaml:3: ${expected}`)
  })

  test('a public address is needed where it is all that the program is told of its tunnel', () => {
    expect(inWebhook('tunnel: {provider: url}')).toBe(
      's.yaml:1: webhook.endpoint_url is missing: it must be the public address that leads here, where tunnel.provider is url.',
    )
  })

  test.each([
    ['webhook:\n  databases: []', 's.yaml:2: webhook.databases must name at least one database, but is an empty list.'],
    [
      'webhook:\n  databases: Tasks',
      's.yaml:2: webhook.databases must be a list of databases (titles or ids), but is "Tasks".',
    ],
    [
      'webhook:\n  databases:\n    - Tasks\n    - 2024',
      's.yaml:4: webhook.databases[1] must be the title or the id of a database (a number needs quotes), but is 2024.',
    ],
    [
      'webhook:\n  databases:\n    - ${TITLE}',
      's.yaml:3: webhook.databases[0] must be the title or the id of a database (a number needs quotes), but "${TITLE}" expands to something else.',
    ],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected)
  })

  test('and long text is cut', () => {
    expect(inWebhook(`console: {port: ${'x'.repeat(500)}}`)).toBe(
      `s.yaml:3: console.port must be a whole number from 0 to 65535, but is "${'x'.repeat(60)}…".`,
    )
  })
})

describe('a missing key is named with the line of its parent', () => {
  test.each([
    [
      '# nothing yet\nwebhook: {}',
      's.yaml:2: webhook.databases is missing: it must be a list of databases (titles or ids).',
    ],
    ['console:\n  port: 1', 's.yaml:1: webhook is missing: it must be a group of keys with values.'],
    [
      'webhook:\n  databases: [a]\n  triggers:\n    done:\n      async: true',
      's.yaml:4: webhook.triggers.done.action is missing: it must be the name of an action.',
    ],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected)
  })
})

describe('an unknown key is named', () => {
  test.each([
    ['  databses: [x]', 'webhook.databses is not a known key. Did you mean databases?'],
    ['  processing: {queueSize: 1}', 'webhook.processing.queueSize is not a known key. Did you mean queue_size?'],
    ['colour: red', 'colour is not a known key. Known here: webhook, notion, cache, console, tunnel.'],
    ['extra: ${MISSING}', 'extra is not a known key. Known here: webhook, notion, cache, console, tunnel.'],
    ['  triggers: {t: {action: x, asinc: true}}', 'webhook.triggers.t.asinc is not a known key. Did you mean async?'],
    ['"two\\nlines": 1', '"two\\nlines" is not a known key. Known here: webhook, notion, cache, console, tunnel.'],
  ])('%s', (lines, expected) => {
    expect(inWebhook(lines)).toBe(`s.yaml:3: ${expected}`)
  })
})

describe('variables', () => {
  test.each([
    [
      '  endpoint_url: "https://${HOST}/"',
      'webhook.endpoint_url needs the environment variable HOST, which is not set.',
    ],
    ['console:\n  port: ${EMPTY}', 'console.port needs the environment variable EMPTY, which is empty.'],
    ['console:\n  port: ${constructor}', 'console.port needs the environment variable constructor, which is not set.'],
    [
      'console:\n  port: "${PORT}"',
      'console.port must be a whole number from 0 to 65535, but "${PORT}" expands to something else.',
    ],
    [
      'console:\n  port: ${WORD}',
      'console.port must be a whole number from 0 to 65535, but "${WORD}" expands to something else.',
    ],
    [
      '  processing:\n    workers: ${MANY}',
      'webhook.processing.workers must be a whole number from 1 to 32, but "${MANY}" expands to something else.',
    ],
    [
      'cache:\n  folder: ${MY-FOLDER}',
      'cache.folder holds a "${" that starts no variable: write ${NAME}, with letters, digits and _ only.',
    ],
    [
      '  secret: ${MY-SECRET}',
      'webhook.secret holds a "${" that starts no variable: write ${NAME}, with letters, digits and _ only.',
    ],
  ])('that do not do are named where they stand: %j', (lines, expected) => {
    expect(inWebhook(lines)).toBe(`s.yaml:${lines.includes('\n') ? 4 : 3}: ${expected}`)
  })
})

describe('what is no settings file at all', () => {
  test.each([
    ['', 's.yaml:1: the file holds no settings.'],
    ['# only a comment\n', 's.yaml:1: the file holds no settings.'],
    ['null', 's.yaml:1: the file must be a group of keys with values, but is empty.'],
    ['- a', 's.yaml:1: the file must be a group of keys with values, but is a list.'],
    ['just text', 's.yaml:1: the file must be a group of keys with values, but is "just text".'],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toBe(expected)
  })
})

test('the problem that stands first in the file is the one that is told', () => {
  const wrong = ['  listen: {port: x}', '  secret: [1]', '  endpoint_url: ${MISSING}', '  colour: red', '  secret: b']
  const told = wrong.map((_, index) => inWebhook(wrong.slice(index).join('\n')))
  expect(told.map((message) => message.slice(0, 31))).toEqual([
    's.yaml:3: webhook.listen.port m',
    's.yaml:3: webhook.secret must b',
    's.yaml:3: webhook.endpoint_url ',
    's.yaml:3: webhook.colour is not',
    'accepted',
  ])
})
