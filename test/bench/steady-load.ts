import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { signBody } from '../../electron/simulator/deliveries.ts'
import { buildEvent } from '../../electron/simulator/events.ts'
import { SECRET } from './bench-folder.ts'
import type { Program } from './programs.ts'
import type { BenchNotion } from './seeded-folder.ts'

export interface SteadyResult {
  readonly sent: number
  readonly refused: number
  /** From sending to the whole answer (ms), in order of sending. */
  readonly answerMs: readonly number[]
}

/** Edits a page and tells the engine; gives the event's id, the time of its answer (ms) and whether it was accepted. */
export const editAndTell = async (
  { simulator, workspace }: BenchNotion,
  engine: Program,
  pageId: string,
): Promise<{ readonly eventId: string; readonly answerMs: number; readonly isAccepted: boolean }> => {
  const eventId = randomUUID()
  simulator.workspace.editPage(pageId, { properties: { Website: `https://example.com/${eventId}` } })
  const body = JSON.stringify(
    buildEvent({
      type: 'page.properties_updated',
      entityId: pageId,
      workspaceId: workspace.workspaceId,
      timestamp: new Date().toISOString(),
      eventId,
      parent: { id: workspace.databaseId, type: 'database', data_source_id: workspace.dataSourceId },
      updatedProperties: ['Website'],
    }),
  )
  const headers = { 'content-type': 'application/json', 'x-notion-signature': signBody(body, SECRET) }
  const sentAt = performance.now()
  const answer = await fetch(String(engine.ready['webhook']), { method: 'POST', headers, body })
  await answer.text()
  return { eventId, answerMs: performance.now() - sentAt, isAccepted: answer.status === 200 }
}

/** So many events a second for so long, each after an edit of its page, whatever the answers take. */
export const steadyLoad = async (
  notion: BenchNotion,
  engine: Program,
  perSecond: number,
  durationMs: number,
  onSecond: (second: number) => void = () => undefined,
): Promise<SteadyResult> => {
  const { pageIds } = notion.workspace
  const total = Math.round((perSecond * durationMs) / 1000)
  const startedAt = performance.now()
  const answers: ReturnType<typeof editAndTell>[] = []
  for (let sent = 0, second = 0; sent < total; sent += 1) {
    const waitMs = startedAt + (sent * 1000) / perSecond - performance.now()
    if (waitMs > 0) await delay(waitMs)
    answers.push(editAndTell(notion, engine, pageIds[sent % pageIds.length] ?? ''))
    while (performance.now() - startedAt >= second * 1000) {
      onSecond(second)
      second += 1
    }
  }
  const ended = await Promise.all(answers)
  return {
    sent: total,
    refused: ended.filter(({ isAccepted }) => !isAccepted).length,
    answerMs: ended.map(({ answerMs }) => answerMs),
  }
}
