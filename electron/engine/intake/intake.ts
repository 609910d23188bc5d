import { expandEventNames } from '../../../shared/events.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { DeliveryAnswer } from '../../../shared/deliveries.ts'
import type { FastifyInstance } from '../foundation/http-server.ts'
import type { Clock } from '../foundation/clock.ts'
import { createAdmission } from './admission.ts'
import type { AdmissionParts } from './admission.ts'
import { createFilter, type FilterView } from './filter.ts'
import { createFloodGuard } from './flood.ts'
import { createListener } from './listener.ts'

export interface IntakeParts extends Omit<AdmissionParts, 'filter' | 'now'> {
  readonly webhook: Settings['webhook']
  readonly view: FilterView
  readonly clock: Clock
  readonly onAnswered: (answer: DeliveryAnswer) => void
}

/** The stage that faces the public: a server that is not listening yet. */
export const createIntake = ({ webhook, view, clock, onAnswered, ...parts }: IntakeParts): FastifyInstance => {
  const filter = createFilter(expandEventNames(webhook.events), view)
  const admission = createAdmission({ ...parts, filter, now: clock.now })
  const flood = createFloodGuard(clock.monotonicMs)
  const secrets = webhook.secret === null ? [] : [webhook.secret]
  return createListener({
    secrets: () => secrets,
    admit: admission.admit,
    admitsUnsigned: flood.admits,
    onAnswered,
    log: parts.log,
  })
}
