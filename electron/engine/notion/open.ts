import type { Settings } from '../../../shared/settings.ts'
import type { Clock } from '../foundation/clock.ts'
import { createRequestBudget, type RequestBudget } from './budget.ts'
import { createNotion, type Notion } from './client.ts'
import type { NotionFailure } from './failures.ts'
import { createSdkRequests, type NotionRequests } from './sdk.ts'

/** A whole answer takes no longer: see `SdkOptions`. */
const ANSWER_LIMIT_MS = 60_000

export interface OpenNotionOptions {
  readonly settings: Settings['notion']
  readonly token: string
  readonly clock: Clock
  /** Aborting gives up what is on its way, and what waits. */
  readonly signal: AbortSignal
  /** Tells what keeps everybody from Notion; null: nothing does. */
  readonly tell: (message: string | null) => void
  /** Where requests leave the engine. */
  readonly seam: ((requests: NotionRequests) => NotionRequests) | undefined
}

export interface OpenedNotion {
  readonly notion: Notion
  readonly budget: RequestBudget
  /** Asks whether Notion answers at all; null: it does. */
  readonly probeNotion: () => Promise<NotionFailure | null>
}

/** The stage that speaks with Notion, and its rate budget. */
export const openNotion = (options: OpenNotionOptions): OpenedNotion => {
  const { settings, token, clock, signal, tell, seam = (requests) => requests } = options
  const budget = createRequestBudget(clock, settings.requestsPerMinute)
  const requests = seam(createSdkRequests({ ...settings, token, answerLimitMs: ANSWER_LIMIT_MS, signal }))
  const onReach = (failure: NotionFailure | null): void => {
    tell(failure?.message ?? null)
  }
  const notion = createNotion({ requests, budget, signal, onReach })
  const probeNotion = async (): Promise<NotionFailure | null> => {
    const me = await notion.me()
    return me.ok ? null : me.failure
  }
  return { notion, budget, probeNotion }
}
