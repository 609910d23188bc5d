import type { Problem } from '../../../shared/status.ts'
import { type Clock, isoTime } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'

/** A stranger may send as much as it likes: the log has one line of a kind in this time. */
const LOGGED_EVERY_MS = 3_600_000

/** Who makes a subscription in Notion looks here within this time. */
const HANDSHAKE_SHOWN_MS = 3_600_000

/** Notion repeats a delivery for about as long (its webhook reference: up to 24 hours). */
const UNCONFIRMED_SHOWN_MS = 24 * 3_600_000

/** One or two may be a stranger's; where a secret is wrong, Notion repeats what is refused, and more comes. */
const FEW = 2

/** The same for a secret that deliveries were accepted with: a stranger's may come at any time, and stop again. */
const LASTING_MS = 600_000

export interface RefusedParts {
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** Whether some secret is there at all; that none is, is told by the status. */
  readonly isPaired: () => boolean
  /** Where the settings name the secret; null: it was paired. */
  readonly fixedAt: string | null
}

/**
 * What was refused and may yet have been Notion's. A wrong secret looks like a stranger from here, so a light that stayed
 * green would lie: what is refused is told until something is accepted, and as a failure once it is more than a stranger
 * leaves behind in passing.
 */
export interface RefusedDeliveries {
  /** A delivery was signed with a secret that is in force. */
  accepted(): void
  /** A secret was confirmed: what was refused before it says nothing of it. */
  paired(): void
  /** A request had a signature of the right form, and neither a secret nor a token of ours made it. */
  strange(): void
  /** A token that came made the signature, the event is proven to be ours, and no person has confirmed the token in time. */
  unconfirmed(): void
  /** A handshake came while nobody pairs. */
  handshake(): void
  problems(): readonly Problem[]
}

const newSubscription = 'delete the subscription in Notion, make a new one, and pair it: npm run headless -- pair'

const mendOf = (fixedAt: string | null): string =>
  fixedAt === null
    ? newSubscription
    : `correct ${fixedAt} and start again; or remove it, start again, ${newSubscription}`

export const createRefusedDeliveries = ({ clock, log, isPaired, fixedAt }: RefusedParts): RefusedDeliveries => {
  let strangers: { readonly count: number; readonly since: number; readonly last: number } | null = null
  /** Whether a delivery was accepted with the present secret. */
  let isProven = false
  let unconfirmedAt: number | null = null
  let handshakeAt: number | null = null
  const loggedAt = new Map<string, number>()

  const note = (message: string): void => {
    const now = clock.now()
    if (now - (loggedAt.get(message) ?? Number.NEGATIVE_INFINITY) < LOGGED_EVERY_MS) return
    loggedAt.set(message, now)
    log.warn({}, message)
  }

  const isRecent = (at: number | null, ms: number): at is number => at !== null && clock.now() - at < ms

  const ofStrangers = (): Problem | null => {
    if (strangers === null || !isPaired()) return null
    const { count, since, last } = strangers
    const were = count === 1 ? 'a signed delivery was' : `${count} signed deliveries were`
    return {
      code: 'deliveries-refused',
      severity: count > FEW && (!isProven || last - since >= LASTING_MS) ? 'failure' : 'notice',
      message: `Since ${isoTime(since)} ${were} refused, and none accepted: the signature was not made with the secret that is known here. If Notion sent them, ${mendOf(fixedAt)}. If not, somebody tries to forge deliveries, and nothing of it was taken.`,
    }
  }

  const ofUnconfirmed = (): Problem | null =>
    isRecent(unconfirmedAt, UNCONFIRMED_SHOWN_MS)
      ? {
          code: 'token-unconfirmed',
          severity: 'failure',
          message:
            'Deliveries of this workspace are signed with a token that nobody has confirmed in time, and are refused; Notion repeats them for a day. Confirm the token that you have pasted in Notion: npm run headless -- pair --confirm TOKEN.',
        }
      : null

  const ofHandshake = (): Problem | null =>
    isRecent(handshakeAt, HANDSHAKE_SHOWN_MS)
      ? {
          code: 'handshake-refused',
          severity: 'notice',
          message: `A token of a subscription came at ${isoTime(handshakeAt)} and was refused, because pairing is not open. If you have just made the subscription in Notion, ${fixedAt === null ? '' : `remove ${fixedAt}, start again, `}open it (npm run headless -- pair) and let Notion send the token again.`,
        }
      : null

  return {
    accepted: () => {
      strangers = null
      isProven = true
    },
    paired: () => {
      strangers = null
      isProven = false
      unconfirmedAt = null
    },
    strange: () => {
      const now = clock.now()
      strangers = { count: (strangers?.count ?? 0) + 1, since: strangers?.since ?? now, last: now }
      note('A delivery was refused: its signature was not made with the secret that is known here')
    },
    unconfirmed: () => {
      unconfirmedAt = clock.now()
      note('Deliveries are refused: their token came, and nobody has confirmed it in time')
    },
    handshake: () => {
      handshakeAt = clock.now()
      note('A token of a subscription was refused: pairing is not open')
    },
    problems: () => [ofUnconfirmed(), ofStrangers(), ofHandshake()].filter((problem) => problem !== null),
  }
}
