import type { Clock } from '../../electron/engine/foundation/clock.ts'
import { createRequestBudget } from '../../electron/engine/notion/budget.ts'
import { createNotion, type Notion } from '../../electron/engine/notion/client.ts'
import { createSdkRequests, type NotionRequests } from '../../electron/engine/notion/sdk.ts'
import { createManualClock } from './manual-clock.ts'

interface At {
  readonly token?: string
  readonly answerLimitMs?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly onDate?: (dateMs: number) => void
}

const never = new AbortController().signal

/** The real SDK, pointed at a server of the test. */
export const requestsAt = (
  baseUrl: string,
  { token = 'ntn_test', answerLimitMs = 10_000, signal = never, onDate }: At = {},
): NotionRequests =>
  createSdkRequests({
    token,
    baseUrl,
    version: '2026-03-11',
    answerLimitMs,
    signal,
    ...(onDate === undefined ? {} : { onDate }),
  })

/** The client as the engine builds it, without a limit that a test would meet. */
export const notionAt = (baseUrl: string, at: At = {}): Notion =>
  createNotion({
    requests: requestsAt(baseUrl, at),
    budget: createRequestBudget(at.clock ?? createManualClock(), 100_000),
    signal: at.signal ?? never,
    onReach: () => undefined,
  })
