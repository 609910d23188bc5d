import { isoTime } from '../foundation/clock.ts'
import { errorText } from '../foundation/errors.ts'
import type { TunnelFailure } from './provider.ts'

/** Of a provider that gives no answer. */
export const silentProvider = (name: string): TunnelFailure => ({
  code: 'silent',
  message: `${name} gives no answer, so Notion cannot reach this computer. Check the network; it is tried again by itself.`,
})

/** Of a fault of ours. */
export const supervisionFailed = (error: unknown): TunnelFailure => ({
  code: 'internal',
  message: `The supervision of the tunnel failed: ${errorText(error)}. It is tried again by itself.`,
})

/** `checkedAt`: ms since 1970. */
export const outOfProbes = (address: string | null, checkedAt: number): string =>
  `The probes of this month are used up for now; whether Notion can reach ${address ?? 'this computer'} is checked at ${isoTime(checkedAt)}.`

/** What came in this time is said to come. */
const RECENT_MS = 60 * 60_000

const UNCERTAIN =
  ' Deliveries do come, but it cannot be told whether by this address: have the proxy that forwards them pass on the host (nginx: proxy_set_header Host $host).'

/** Times in ms since 1970; null: there is none. */
export interface Looks {
  readonly now: number
  /** When it is looked at again, where that is long. */
  readonly retryAt: number | null
  /** When the newest delivery came by the address, and the newest of which nobody can tell by which way. */
  readonly deliveredAt: number | null
  readonly uncertainAt: number | null
}

export const NEVER: Pick<Looks, 'deliveredAt' | 'uncertainAt'> = { deliveredAt: null, uncertainAt: null }

const isRecent = (at: number | null, now: number): at is number => at !== null && now - at < RECENT_MS

const ofDeliveries = ({ now, deliveredAt, uncertainAt }: Looks): string => {
  if (isRecent(deliveredAt, now)) return ` The newest delivery by this address came at ${isoTime(deliveredAt)}.`
  return isRecent(uncertainAt, now) ? UNCERTAIN : ''
}

/** Follows what is wrong. `isOfOurWay`: only our own way to an address that is open is known to be. */
export const afterword = (looks: Looks, isOfOurWay: boolean): string => {
  const { retryAt } = looks
  const later =
    retryAt === null ? '' : ` It has lasted: it is looked at again at ${isoTime(retryAt)}, and at each start.`
  return `${later}${isOfOurWay ? ofDeliveries(looks) : ''}`
}
