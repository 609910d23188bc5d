import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { createLog, type Engine, readTextNow, startEngine } from '../../electron/engine/engine.ts'
import { answerTo } from '../../electron/engine/processors/registry.ts'
import { loadSettings } from '../../electron/engine/settings/load.ts'
import { deliver } from '../../electron/simulator/deliveries.ts'
import { EVENT_NAMES, isEventType } from '../../shared/events.ts'
import { freePort } from '../support/answering-server.ts'
import { describeRecordings, recordings } from '../support/recordings.ts'
import { redactorOf } from '../support/redactor-of.ts'
import { madeSecret, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** An engine that knows the secret, and that Notion does not answer: nothing but the delivery itself decides. */
const startEngineAlone = async (secret: string): Promise<Engine> => {
  const folder = temporaryFolder()
  const { file } = writeSettings(folder, `http://127.0.0.1:${await freePort()}`, {
    webhook: { secret, events: EVENT_NAMES, debouncing: { page_updates: '1h' } },
  })
  const loaded = loadSettings({ file, cwd: folder, environment: {}, readText: readTextNow })
  const log = createLog(() => undefined, redactorOf())
  const engine = await startEngine({ loaded, dataFolder: join(folder, 'data'), log })
  onTestFinished(async () => {
    await engine.stop()
  })
  return engine
}

const eventSchema = z.object({ id: z.string(), type: z.string() })

describeRecordings('A recorded delivery', () => {
  const all = recordings('webhooks')
  const events = all.filter(({ body }) => eventSchema.safeParse(body).success)
  const others = all.filter((recording) => !events.includes(recording))

  test.each(events)('$name is accepted when signed, and once', async ({ body }) => {
    const secret = madeSecret()
    const engine = await startEngineAlone(secret)
    const event = eventSchema.parse(body)
    const answer = isEventType(event.type) ? answerTo(event.type) : { ignored: 'unknown event type' }
    const expected =
      'ignored' in answer ? { status: 'ignored', reason: answer.ignored } : { status: 'queued', reason: null }
    const delivery = { url: engine.webhookUrl, secret, event: body as object }
    expect(await deliver(delivery)).toEqual({ status: 200, body: { ...expected, event_id: event.id } })
    expect(await deliver(delivery)).toMatchObject({ status: 200, body: { status: 'duplicate', event_id: event.id } })
    expect(await deliver({ ...delivery, secret: madeSecret() })).toMatchObject({ status: 401 })
  })

  const handshakeSchema = z.object({ verification_token: z.string() })
  const signedSchema = z.object({ raw_body: z.string(), headers: z.object({ 'X-Notion-Signature': z.string() }) })

  test.each(others)('$name, the token that we have confirmed, is answered and changes nothing', async ({ body }) => {
    const { verification_token: secret } = handshakeSchema.parse(body)
    const engine = await startEngineAlone(secret)
    const ignored = { status: 'ignored', reason: 'verification token sent again', event_id: expect.any(String) }
    const signed = signedSchema.safeParse(body)
    if (signed.success) {
      const { raw_body: raw, headers } = signed.data
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: raw }
      const response = await fetch(engine.webhookUrl, init)
      expect([response.status, await response.json()]).toEqual([200, ignored])
    } else {
      const event = { verification_token: secret }
      expect(await deliver({ url: engine.webhookUrl, secret, event })).toEqual({ status: 200, body: ignored })
    }
    expect(engine.status().jobs).toMatchObject({ waiting: 0, delayed: 0, active: 0 })
  })
})
