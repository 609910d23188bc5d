import { isLocalHost } from './public-address.ts'

/**
 * By which way a delivery came, as far as the host tells that it was sent to. here: by the public address · elsewhere: by
 * another one · unknown: whoever forwarded it has put a host of its own in the place (nginx does, unless it is told not to).
 */
export type DeliveryWay = 'here' | 'elsewhere' | 'unknown'

/** Of a `Host` or `X-Forwarded-Host` header, to which each proxy on the way may have added; the first one is the visitor's. */
const urlIn = (header: string | null): URL | null => {
  const first = (header ?? '').split(',', 1)[0]?.trim() ?? ''
  return first === '' ? null : URL.parse(`https://${first}`)
}

interface Addresses {
  /** The public address; null: there is none at the moment. */
  readonly present: string | null
  /** Where Notion is known to send to. */
  readonly subscribed: string | null
}

const isHostOf = (address: string | null, { host }: URL): boolean => address !== null && new URL(address).host === host

/** `header`: whom a delivery was sent to; null: that is not known. */
export const deliveryWay = (header: string | null, { present, subscribed }: Addresses): DeliveryWay => {
  const sentTo = urlIn(header)
  if (sentTo === null) return 'unknown'
  if (isHostOf(present, sentTo)) return 'here'
  return isHostOf(subscribed, sentTo) || !isLocalHost(sentTo.hostname) ? 'elsewhere' : 'unknown'
}
