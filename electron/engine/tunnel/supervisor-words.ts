import { isoTime } from '../foundation/clock.ts'
import type { TunnelFailure } from './provider.ts'

/** Of a provider that gives no answer. */
export const silentProvider = (name: string): TunnelFailure => ({
  code: 'silent',
  message: `${name} gives no answer, so Notion cannot reach this computer. Check the network; it is tried again by itself.`,
})

/** `checkedAt`: ms since 1970. */
export const outOfProbes = (address: string | null, checkedAt: number): string =>
  `The probes of this month are used up for now; whether Notion can reach ${address ?? 'this computer'} is checked at ${isoTime(checkedAt)}.`

/** Follows what is wrong; `retryAt`: when it is looked at again (ms since 1970), null where that is soon. */
export const laterLook = (retryAt: number | null): string =>
  retryAt === null ? '' : ` It has lasted: it is looked at again at ${isoTime(retryAt)}, and at each start.`

/** Follows what is wrong where deliveries come, and their host does not tell by which way. */
export const UNCERTAIN =
  ' Deliveries do come, but it cannot be told whether by this address: have the proxy that forwards them pass on the host (nginx: proxy_set_header Host $host).'
