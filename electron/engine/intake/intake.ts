import { expandEventNames } from '../../../shared/events.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { DeliveryAnswer } from '../../../shared/deliveries.ts'
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

export interface IntakeParts extends Omit<AdmissionParts, 'filter' | 'now'> {
  readonly webhook: Settings['webhook']
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
  /** A signed delivery was forwarded to us; `host`: whom it was sent to, where that is known. */
  forwarded(host: string | null): void
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

/** The stage that faces the public. */
export interface Intake {
  /** It is not listening yet. */
  readonly listener: FastifyInstance
  readonly pairing: Pairing
  readonly isPaired: () => boolean
}

export const createIntake = ({ webhook, view, clock, onAnswered, reach, ...parts }: IntakeParts): Intake => {
  const filter = createFilter(expandEventNames(webhook.events), view)
  const admission = createAdmission({ ...parts, filter, now: clock.now })
  const flood = createFloodGuard(clock.monotonicMs, UNSIGNED)
  const proofs = createFloodGuard(clock.monotonicMs, PROOFS)
  const prove = createProof(parts)
  const pairing = createPairing({
    store: parts.secrets,
    clock,
    log: parts.log,
    workspaceId: parts.workspaceId,
    prove: (raw) => (proofs.admits() ? prove(raw) : Promise.resolve(null)),
    onChange: (change) => {
      if (change.kind === 'paired') reach.paired()
      else parts.learnSecret(change.token)
      parts.onPairing?.(change)
    },
  })
  const listener = createListener({
    pairing: webhook.secret === null ? pairing : fixedSecret(webhook.secret),
    admit: admission.admit,
    admitsUnsigned: flood.admits,
    onAnswered,
    answerProbe: reach.answerProbe,
    onForwarded: reach.forwarded,
    log: parts.log,
  })
  return { listener, pairing, isPaired: () => webhook.secret !== null || pairing.secrets().length > 0 }
}
