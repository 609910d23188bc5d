import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EVENT_NAMES, expandEventNames } from '../shared/events.ts'
import { dashedId, parseNotionId } from '../shared/ids.ts'
import { readTextNow, systemClock } from './engine/engine.ts'
import { systemEnvironment } from './engine/settings/environment.ts'
import { loadSettings, SettingsError } from './engine/settings/load.ts'
import { runProgram, UsageError, usageError } from './program.ts'
import { deliver } from './simulator/deliveries.ts'
import { buildEvent } from './simulator/events.ts'

const USAGE = 'Usage: npm run simulate -- --event page.created --page ID [--config FILE] [--url URL]'
const DEFAULT_CONFIG = 'webhook_config.yaml'

const readArguments = () => {
  const options = {
    event: { type: 'string' },
    page: { type: 'string' },
    config: { type: 'string', default: DEFAULT_CONFIG },
    url: { type: 'string' },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw usageError(error, USAGE)
  }
}

await runProgram(async () => {
  const { event, page, config, url } = readArguments()
  const name = EVENT_NAMES.find((known) => known === event)
  if (name === undefined) {
    throw new UsageError(
      `--event must be one of Notion’s event types, such as page.created, but is ${event ?? 'missing'}. ${USAGE}`,
    )
  }
  const id = parseNotionId(page ?? '')
  if (id === null) throw new UsageError(`--page must be the id of a page, but is ${page ?? 'missing'}. ${USAGE}`)
  const { settings, where } = loadSettings({
    file: config,
    cwd: process.cwd(),
    environment: systemEnvironment,
    readText: readTextNow,
  })
  const { secret, listen } = settings.webhook
  if (secret === null)
    throw new SettingsError(`${where('webhook.secret')}: set the secret that deliveries are signed with.`)
  const [type] = expandEventNames([name])
  if (type === undefined) throw new UsageError(USAGE)
  const target =
    url ?? `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}/webhooks/notion`
  const body = buildEvent({
    type,
    entityId: dashedId(id),
    timestamp: new Date(systemClock.now()).toISOString(),
    eventId: crypto.randomUUID(),
  })
  const result = await deliver({ url: target, secret, event: body }).catch((error: unknown) => {
    throw new UsageError(
      `Nothing answers at ${target} (${error instanceof Error ? error.message : String(error)}). Start it with: npm run headless -- --config ${resolve(config)}`,
    )
  })
  process.stdout.write(`${result.status} ${JSON.stringify(result.body)}\n`)
  if (result.status !== 200) process.exitCode = 1
})
