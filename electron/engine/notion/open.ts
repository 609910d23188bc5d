import type { Entity } from '../../../shared/entities.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { Clock } from '../foundation/clock.ts'
import { createRequestBudget, type RequestBudget } from './budget.ts'
import { type Answer, createNotion, type Notion } from './client.ts'
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

/** The stage that speaks with Notion. */
export interface NotionStage {
  readonly notion: Notion
  readonly budget: RequestBudget
  /** Whether Notion answers and takes the token: null, or why not. */
  probe(): Promise<NotionFailure | null>
  /** Whether it gives what this names: null, or why not. */
  probeWitness(entity: Entity): Promise<NotionFailure | null>
  /** The same Notion under the same budget, for one who gives up waiting when the signal aborts: that rejects. */
  until(signal: AbortSignal): Notion
  /** How far this computer's clock was ahead of Notion's when the newest answer came; null while none has. */
  clockAheadMs(): number | null
}

/** A `Date` header cuts off what is beyond whole seconds. */
const HALF_A_SECOND_MS = 500

const failureOf = async (asked: Promise<Answer<unknown>>): Promise<NotionFailure | null> => {
  const answer = await asked
  return answer.ok ? null : answer.failure
}

export const openNotion = (options: OpenNotionOptions): NotionStage => {
  const { settings, token, clock, signal, tell, seam = (requests) => requests } = options
  const budget = createRequestBudget(clock, settings.requestsPerMinute)
  let aheadMs: number | null = null
  const onDate = (dateMs: number): void => {
    aheadMs = clock.now() - dateMs - HALF_A_SECOND_MS
  }
  const onReach = (failure: NotionFailure | null): void => {
    tell(failure?.message ?? null)
  }
  const requests = seam(createSdkRequests({ ...settings, token, answerLimitMs: ANSWER_LIMIT_MS, signal, onDate }))
  const notion = createNotion({ requests, budget, signal, onReach })
  return {
    notion,
    budget,
    probe: () => failureOf(notion.me()),
    probeWitness: ({ kind, id }) => {
      switch (kind) {
        case 'page':
        case 'title':
          return failureOf(notion.page(id))
        case 'database':
          return failureOf(notion.database(id))
        case 'data_source':
          return failureOf(notion.dataSource(id))
      }
    },
    until: (own) => createNotion({ requests, budget, signal: AbortSignal.any([signal, own]), onReach }),
    clockAheadMs: () => aheadMs,
  }
}
