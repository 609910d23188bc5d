import { expect, test } from 'vitest'
import { openNotion } from '../../../electron/engine/notion/open.ts'
import { answering, startAnsweringServer } from '../../support/answering-server.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { body, createScriptedRequests, refusal } from '../../support/scripted-requests.ts'

const ME = { bot: { workspace_id: 'w', workspace_name: 'Acme' } }

const settings = { token: null, baseUrl: 'http://127.0.0.1:9', version: '2026-03-11', requestsPerMinute: 1 }

const options = { settings, token: 'ntn_test', signal: new AbortController().signal, tell: () => undefined }

test('how far the clock is ahead is known from the newest answer, and from none before it', async () => {
  const clock = createManualClock(Date.UTC(2026, 10, 23, 12, 2))
  const { url } = await startAnsweringServer(answering(200, ME, { date: 'Mon, 23 Nov 2026 12:00:00 GMT' }))
  const stage = openNotion({ ...options, settings: { ...settings, baseUrl: url }, clock, seam: undefined })
  expect(stage.clockAheadMs()).toBeNull()
  expect(await stage.probe()).toBeNull()
  expect(stage.clockAheadMs()).toBe(119_500)
})

test('a probe tells the failure', async () => {
  const seam = () => createScriptedRequests(() => refusal(401, 'unauthorized'))
  const stage = openNotion({ ...options, clock: createManualClock(), seam })
  expect(await stage.probe()).toMatchObject({ code: 'unauthorized' })
})

test('one who gives up waits for the budget no longer, and takes nothing of it', async () => {
  const requests = createScriptedRequests(() => body(ME))
  const clock = createManualClock()
  const { notion, until, budget } = openNotion({ ...options, clock, seam: () => requests })
  await notion.me()
  const givingUp = new AbortController()
  const answer = until(givingUp.signal).me()
  givingUp.abort()
  await expect(answer).rejects.toThrow()
  const later = notion.me()
  clock.advance(60_000)
  await later
  expect(requests.asked).toHaveLength(2)
  expect(budget.usage().sent).toBe(2)
})
