import type { Entity } from '../../../shared/entities.ts'
import type { Catalogue, SourceFacts } from '../cache/catalogue.ts'
import type { Answer, Notion } from '../notion/client.ts'
import { lookUpDatabase, lookUpSource, outOfReach } from './look-up.ts'
import { done, type PlanResult } from './planned.ts'

export interface ContainerParts {
  readonly notion: Notion
  readonly catalogue: Catalogue
}

const asList = (answer: Answer<SourceFacts>): Answer<readonly SourceFacts[]> =>
  answer.ok ? { ok: true, value: [answer.value] } : answer

/** Databases and data sources: refreshes titles and schema. A deleted one removes nothing by itself; it is told. */
export const planContainer = async ({ notion, catalogue }: ContainerParts, entity: Entity): Promise<PlanResult> => {
  const answer =
    entity.kind === 'database' ? await lookUpDatabase(notion, entity.id) : asList(await lookUpSource(notion, entity.id))
  if (answer.ok) return done('refreshed', answer.value)
  if (answer.failure.about !== 'missing object') return { ok: false, failure: answer.failure }
  const known =
    entity.kind === 'database'
      ? catalogue.sourcesOf(entity.id)
      : [catalogue.source(entity.id)].filter((s) => s !== null)
  const watched = known.find((source) => source.isWatched)
  if (watched === undefined) return done('gone', [])
  return { ok: false, failure: outOfReach(`the database “${watched.databaseTitle}” any more`) }
}
