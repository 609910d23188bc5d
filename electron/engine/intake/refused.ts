import type { Problem } from '../../../shared/status.ts'
import { type Clock, isoTime } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A stranger may send as much as it likes: the log has one line of a kind in this time. */
const LOGGED_EVERY_MS = HOUR_MS

/** Who makes a subscription in Notion looks here within this time. */
const HANDSHAKE_SHOWN_MS = HOUR_MS

/** For about as long Notion repeats a delivery (its webhook reference): what is farther apart does not belong together. */
const REPEATED_FOR_MS = 24 * HOUR_MS

/** One or two may be a stranger's; where a secret is wrong, more comes. */
const FEW = 2

/** The same for a secret that deliveries were accepted with: a stranger's may come at any time, and stop again. */
const LASTING_MS = 10 * MINUTE_MS

const MOST_IDS = 1_000

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
  /** A secret was confirmed, or all were forgotten: what was refused before says nothing of what is in force now. */
  changed(): void
  /**
   * A request had a signature of the right form, and neither a secret nor a token of ours made it. `eventId`: as its body
   * says; null: it says none. Notion repeats what is refused, and the repetitions of one delivery must not look like many.
   */
  strange(eventId: string | null): void
  /** A secret made it that another one has taken the place of. */
  former(eventId: string | null): void
  /** A token that came made the signature, the event is proven to be ours, and no person has confirmed the token in time. */
  unconfirmed(): void
  /** A handshake came while nobody pairs. */
  handshake(): void
  problems(): readonly Problem[]
}

/** What was refused since something was accepted; times in ms since 1970. */
interface Tally {
  readonly count: number
  readonly since: number
  readonly last: number
}

const were = ({ count, since }: Tally): string =>
  `Since ${isoTime(since)} ${count === 1 ? 'a signed delivery was' : `${count} signed deliveries were`} refused, and none accepted`

const NEW_ONE = 'delete the subscription in Notion, make a new one, and pair it: npm run headless -- pair'

const mendOf = (fixedAt: string | null): string =>
  fixedAt === null ? NEW_ONE : `correct ${fixedAt} and start again; or remove it, start again, ${NEW_ONE}`

export const createRefusedDeliveries = ({ clock, log, isPaired, fixedAt }: RefusedParts): RefusedDeliveries => {
  let strangers: Tally | null = null
  let formers: Tally | null = null
  /** Whether a delivery was accepted with the present secret. */
  let isProven = false
  const refusedIds = new Set<string>()
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

  const severityOf = ({ count, since, last }: Tally): Problem['severity'] => {
    const ms = last - since
    // A stranger who forges one delivery does not repeat it for an hour.
    const isFault = isProven ? count > FEW && ms >= LASTING_MS : count > FEW || ms >= HOUR_MS
    return isFault ? 'failure' : 'notice'
  }

  /** `isNew` false: it was refused before, and only shows that it goes on. */
  const counted = (tally: Tally | null, isNew: boolean): Tally | null => {
    const now = clock.now()
    const isOld = tally === null || (isProven && now - tally.last > REPEATED_FOR_MS)
    if (isOld) return isNew ? { count: 1, since: now, last: now } : tally
    return { count: tally.count + (isNew ? 1 : 0), since: tally.since, last: now }
  }

  /** Whether it is refused for the first time, as far as is remembered. */
  const isNewId = (eventId: string | null): boolean => {
    if (eventId === null) return true
    if (refusedIds.has(eventId)) return false
    refusedIds.add(eventId)
    // The oldest: a set keeps the order.
    for (const oldest of refusedIds) {
      if (refusedIds.size <= MOST_IDS) break
      refusedIds.delete(oldest)
    }
    return true
  }

  const ofStrangers = (): Problem | null =>
    strangers === null
      ? null
      : {
          code: 'deliveries-refused',
          severity: severityOf(strangers),
          message: `${were(strangers)}: the signature was not made with the secret that is known here. If an older subscription of yours still sends, delete that one in Notion. If it is the only one, ${mendOf(fixedAt)}. Otherwise somebody tries to forge deliveries, and nothing of it was taken. This goes with the next delivery that is accepted.`,
        }

  const ofFormers = (): Problem | null =>
    formers === null
      ? null
      : {
          code: 'former-subscription',
          severity: severityOf(formers),
          message: `${were(formers)}: the secret of before made the signature, and another one has taken its place. Delete the older subscription in Notion. If it is the only one that is left there, ${NEW_ONE}. This goes with the next delivery that is accepted.`,
        }

  const ofUnconfirmed = (): Problem | null =>
    isRecent(unconfirmedAt, REPEATED_FOR_MS)
      ? {
          code: 'token-unconfirmed',
          severity: 'failure',
          message:
            'Deliveries of this workspace are signed with a token that nobody has confirmed in time, and are refused; Notion repeats them for a day. Confirm the token that you have pasted in Notion: npm run headless -- pair --confirm TOKEN. Or delete that subscription in Notion: this goes a day after its last delivery.',
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
      formers = null
      isProven = true
    },
    changed: () => {
      strangers = null
      formers = null
      isProven = false
      refusedIds.clear()
      unconfirmedAt = null
      handshakeAt = null
    },
    strange: (eventId) => {
      strangers = counted(strangers, isNewId(eventId))
      note('A delivery was refused: its signature was not made with the secret that is known here')
    },
    former: (eventId) => {
      formers = counted(formers, isNewId(eventId))
      note('A delivery was refused: another secret has taken the place of its own')
    },
    unconfirmed: () => {
      unconfirmedAt = clock.now()
      note('Deliveries are refused: their token came, and nobody has confirmed it in time')
    },
    handshake: () => {
      handshakeAt = clock.now()
      note('A token of a subscription was refused: pairing is not open')
    },
    problems: () => {
      const ofSecrets = isPaired() ? [ofStrangers(), ofFormers()] : []
      return [ofUnconfirmed(), ...ofSecrets, ofHandshake()].filter((problem) => problem !== null)
    },
  }
}
