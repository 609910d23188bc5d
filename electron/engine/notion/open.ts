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

export interface OpenedNotion {
  readonly notion: Notion
  readonly budget: RequestBudget
  /** Asks whether Notion answers at all; null: it does. */
  readonly probe: () => Promise<NotionFailure | null>
  /** Asks whether it gives what this names; null: it does. */
  readonly probeWitness: (entity: Entity) => Promise<NotionFailure | null>
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
  const failureOf = async (answer: Promise<Answer<unknown>>): Promise<NotionFailure | null> => {
    const { ok, ...rest } = await answer
    return ok || !('failure' in rest) ? null : rest.failure
  }
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
  }
}
