/**
 * By which way a delivery came, as far as the host tells that it was sent to. here: by the public address · elsewhere: by
 * the one that Notion was known to send to before · unknown: whoever forwarded it has put another host in the place (nginx
 * does, unless it is told not to).
 */
export type DeliveryWay = 'here' | 'elsewhere' | 'unknown'

/** Of a `Host` or `X-Forwarded-Host` header, to which each proxy on the way may have added; the first one is the visitor's. */
const urlIn = (header: string | null): URL | null => {
  const first = (header ?? '').split(',', 1)[0]?.trim() ?? ''
  return first === '' ? null : URL.parse(`https://${first}`)
}

/**
 * What a delivery shows of the present address. subscribed: Notion is known to send to this one, and so it came by it ·
 * unplaced: nobody says that it was forwarded at all; it may have been sent on this computer.
 */
export type Arrival = 'here' | 'subscribed' | 'unknown' | 'unplaced'

interface Addresses {
  /** The public address; null: there is none at the moment. */
  readonly present: string | null
  /** Where Notion is known to send to. */
  readonly subscribed: string | null
}

/** A proxy may pass the name on without its port (`$host`, as nginx has it). */
const isAt = (address: string | null, sentTo: URL): boolean => {
  if (address === null) return false
  const { host, hostname } = new URL(address)
  return sentTo.host === host || (sentTo.port === '' && sentTo.hostname === hostname)
}

/** Two paths at one host are told apart by nobody who only names the host; two ports are, where the port is passed on. */
const isSameHost = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && new URL(a).host === new URL(b).host

/** `header`: whom a delivery was sent to; null: that is not known. */
export const deliveryWay = (header: string | null, { present, subscribed }: Addresses): DeliveryWay => {
  const sentTo = urlIn(header)
  if (sentTo === null) return 'unknown'
  const [isHere, isThere] = [isAt(present, sentTo), subscribed !== present && isAt(subscribed, sentTo)]
  if (isHere && isThere) return isSameHost(present, subscribed) ? 'here' : 'unknown'
  if (isHere) return 'here'
  return isThere ? 'elsewhere' : 'unknown'
}
