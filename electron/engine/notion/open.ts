import type { Settings } from '../../../shared/settings.ts'
import type { Clock } from '../foundation/clock.ts'
import { createRequestBudget, type RequestBudget } from './budget.ts'
import { createNotion, type Notion, type NotionOptions } from './client.ts'
import { createSdkRequests, type NotionRequests } from './sdk.ts'

/** A whole answer takes no longer: see `SdkOptions`. */
const ANSWER_LIMIT_MS = 60_000

export interface OpenNotionOptions {
  readonly settings: Settings['notion']
  readonly token: string
  readonly clock: Clock
  /** Aborting gives up what is on its way, and what waits. */
  readonly signal: AbortSignal
  readonly onReach: NotionOptions['onReach']
  /** Where requests leave the engine. */
  readonly seam: ((requests: NotionRequests) => NotionRequests) | undefined
}

/** The stage that speaks with Notion, and its rate budget. */
export const openNotion = (options: OpenNotionOptions): { readonly notion: Notion; readonly budget: RequestBudget } => {
  const { settings, token, clock, signal, onReach, seam = (requests) => requests } = options
  const budget = createRequestBudget(clock, settings.requestsPerMinute)
  const requests = seam(createSdkRequests({ ...settings, token, answerLimitMs: ANSWER_LIMIT_MS, signal }))
  return { notion: createNotion({ requests, budget, signal, onReach }), budget }
}
