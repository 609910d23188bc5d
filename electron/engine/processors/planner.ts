import type { Entity } from '../../../shared/entities.ts'
import { type ContainerParts, planContainer } from './container.ts'
import { type PageParts, planPage } from './page.ts'
import type { PlanResult } from './planned.ts'
import { planTitle } from './title.ts'

export interface PlannerJob {
  readonly entity: Entity
  readonly eventId: string
}

/** The processor of whatever a job is about. */
export const createPlanner = (parts: PageParts & ContainerParts) => {
  const processors = {
    page: (job) => planPage(parts, job.entity.id, job.eventId),
    database: (job) => planContainer(parts, job.entity),
    data_source: (job) => planContainer(parts, job.entity),
    title: (job) => planTitle(parts, job.entity.id),
  } satisfies Record<Entity['kind'], (job: PlannerJob) => Promise<PlanResult>>
  return (job: PlannerJob): Promise<PlanResult> => processors[job.entity.kind](job)
}
