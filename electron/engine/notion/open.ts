import type { Settings } from '../../../shared/settings.ts'
import type { Clock } from '../foundation/clock.ts'
import { createRequestBudget, type RequestBudget } from './budget.ts'
import { createNotion, type Notion, type NotionOptions } from './client.ts'
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
  readonly onReach: NotionOptions['onReach']
  /** Where requests leave the engine. */
  readonly seam: ((requests: NotionRequests) => NotionRequests) | undefined
}

/** The stage that speaks with Notion. */
export interface NotionStage {
  readonly notion: Notion
  readonly budget: RequestBudget
  /** Whether Notion answers and takes the token: null, or why not. */
  probe(): Promise<NotionFailure | null>
  /** The same Notion under the same budget, for one who gives up waiting when the signal aborts: that rejects. */
  until(signal: AbortSignal): Notion
  /** How far this computer's clock was ahead of Notion's when the newest answer came; null while none has. */
  clockAheadMs(): number | null
}

/** A `Date` header cuts off what is beyond whole seconds. */
const HALF_A_SECOND_MS = 500

export const openNotion = (options: OpenNotionOptions): NotionStage => {
  const { settings, token, clock, signal, onReach, seam = (requests) => requests } = options
  const budget = createRequestBudget(clock, settings.requestsPerMinute)
  let aheadMs: number | null = null
  const onDate = (dateMs: number): void => {
    aheadMs = clock.now() - dateMs - HALF_A_SECOND_MS
  }
  const requests = seam(createSdkRequests({ ...settings, token, answerLimitMs: ANSWER_LIMIT_MS, signal, onDate }))
  const notion = createNotion({ requests, budget, signal, onReach })
  return {
    notion,
    budget,
    probe: async () => {
      const me = await notion.me()
      return me.ok ? null : me.failure
    },
    until: (own) => createNotion({ requests, budget, signal: AbortSignal.any([signal, own]), onReach }),
    clockAheadMs: () => aheadMs,
  }
}
