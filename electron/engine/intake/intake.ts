import { expandEventNames } from '../../../shared/events.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { DeliveryAnswer } from '../../../shared/deliveries.ts'
import type { Problem } from '../../../shared/status.ts'
import type { FastifyInstance } from '../foundation/http-server.ts'
import type { Clock } from '../foundation/clock.ts'
import type { SecretStore } from '../settings/secret-store.ts'
import { createAdmission } from './admission.ts'
import type { AdmissionParts } from './admission.ts'
import { createFilter, type FilterView } from './filter.ts'
import { createFloodGuard, PROOFS, UNSIGNED } from './flood.ts'
import { createListener, type ListenerPairing, type ListenerParts } from './listener.ts'
import { createPairing, type Pairing, type PairingParts } from './pairing.ts'
import { createProof, type ProofParts } from './proof.ts'
import { createRefusedDeliveries } from './refused.ts'

export interface IntakeParts extends Omit<AdmissionParts, 'filter' | 'now'> {
  readonly webhook: Settings['webhook']
  /** Where the settings give the secret, for messages about it. */
  readonly secretAt: string
  readonly view: FilterView
  readonly notion: ProofParts['notion']
  readonly secrets: SecretStore
  /** The workspace of our token; null while Notion has not told it. */
  readonly workspaceId: () => string | null
  readonly onPairing: PairingParts['onChange'] | undefined
  readonly clock: Clock
  readonly onAnswered: (answer: DeliveryAnswer) => void
  readonly reach: PublicSide
  /** What must never be shown: a token that came by a handshake. */
  readonly learnSecret: (secret: string) => void
}

/** What the tunnel wants to know of the requests that come. */
export interface PublicSide {
  /** What a probe of our own is answered; null: it is none. */
  readonly answerProbe: ListenerParts['answerProbe']
  /** See `ListenerParts`. */
  readonly delivered: ListenerParts['onDelivered']
  /** A subscription was confirmed. */
  paired(): void
}

/** The settings' secret wins over what was paired, and nobody pairs beside it. */
const fixedSecret = (secret: string): ListenerPairing => ({
  secrets: () => [secret],
  isOpen: () => false,
  handshake: () => 'refused',
  eventSignedBy: () => Promise.resolve('stranger'),
  used: () => undefined,
})

const unkeptProblem = (error: string): Problem => ({
  code: 'pairing-unkept',
  severity: 'failure',
  message: `A subscription’s secret was confirmed and cannot be kept, so its deliveries are turned away; Notion repeats them. Check the space and the permissions of the data folder: ${error}`,
})

/** The stage that faces the public. */
export interface Intake {
  /** It is not listening yet. */
  readonly listener: FastifyInstance
  readonly pairing: Pairing
  readonly isPaired: () => boolean
  readonly problems: () => readonly Problem[]
}

export const createIntake = ({ webhook, view, clock, onAnswered, reach, ...parts }: IntakeParts): Intake => {
  const filter = createFilter(expandEventNames(webhook.events), view)
  const admission = createAdmission({ ...parts, filter, now: clock.now })
  const flood = createFloodGuard(clock.monotonicMs, UNSIGNED)
  const proofs = createFloodGuard(clock.monotonicMs, PROOFS)
  const prove = createProof(parts)
  const isPaired = (): boolean => webhook.secret !== null || pairing.secrets().length > 0
  const refused = createRefusedDeliveries({
    clock,
    log: parts.log,
    isPaired,
    fixedAt: webhook.secret === null ? null : parts.secretAt,
  })
  let unkept: Problem | null = null
  const pairing = createPairing({
    store: parts.secrets,
    clock,
    log: parts.log,
    workspaceId: parts.workspaceId,
    prove: (raw) => (proofs.admits() ? prove(raw) : Promise.resolve(null)),
    onChange: (change) => {
      if (change.kind === 'paired') {
        refused.changed()
        reach.paired()
      } else parts.learnSecret(change.token)
      parts.onPairing?.(change)
    },
    onTrouble: (error) => {
      unkept = error === null ? null : unkeptProblem(error)
    },
  })
  const listener = createListener({
    pairing: webhook.secret === null ? pairing : fixedSecret(webhook.secret),
    admit: admission.admit,
    admitsUnsigned: flood.admits,
    onAnswered,
    answerProbe: reach.answerProbe,
    onDelivered: reach.delivered,
    refused,
    log: parts.log,
  })
  return {
    listener,
    pairing: {
      ...pairing,
      disconnect: async () => {
        const wasThere = await pairing.disconnect()
        refused.changed()
        return wasThere
      },
    },
    isPaired,
    problems: () => [...refused.problems(), unkept].filter((problem) => problem !== null),
  }
}
