import type { Failure } from '../../../shared/failures.ts'
import type { RawAnswer, Silence } from './sdk.ts'

/** A failure that Notion, or the way to it, is the cause of. */
export interface NotionFailure extends Failure {
  /**
   * What it speaks of. object: gone, not shared, or not for this connection · request: what we asked with, such as an
   * id that is none; it tells nothing of any object · token: not accepted · way: all others.
   */
  readonly about: 'missing object' | 'denied object' | 'request' | 'token' | 'way'
}

/** Whether a failure says something of the very object that was asked for. */
export const isAboutObject = (failure: NotionFailure): boolean =>
  failure.about === 'missing object' || failure.about === 'denied object'

type Refusal = Extract<RawAnswer, { kind: 'refused' }>

const permanent = (code: string, message: string, about: NotionFailure['about'] = 'way'): NotionFailure => ({
  kind: 'permanent',
  code,
  message,
  about,
})

/** Notion, or the way to it, may answer nobody. */
const transient = (code: string, message: string): NotionFailure => ({
  kind: 'transient',
  code,
  message,
  about: 'way',
  stops: 'notion',
})

const isBlocked = (refusal: Refusal): boolean =>
  refusal.additionalData['rate_limit_reason'] === 'public_api_request_blocked'

/** Answers that ask everybody to wait. 529 is handled like 429. */
export const isRateLimit = (refusal: Refusal): boolean =>
  (refusal.status === 429 || refusal.status === 529) && !isBlocked(refusal)

const byCode: Readonly<Record<string, (refusal: Refusal) => NotionFailure>> = {
  unauthorized: () =>
    permanent(
      'unauthorized',
      'Notion refuses the integration token. Put the current one where it is kept (notion.token, NOTION_TOKEN or keep-token), then start again and retry.',
      'token',
    ),
  restricted_resource: () =>
    permanent(
      'restricted_resource',
      'Notion refuses: the connection lacks a capability that this needs (to read content, or to read users). Grant it in Notion, then retry.',
      'denied object',
    ),
  object_not_found: () =>
    permanent(
      'object_not_found',
      'Notion does not find it: it is gone, or no longer shared with the connection.',
      'missing object',
    ),
  validation_error: (refusal) =>
    permanent('validation_error', `Notion does not accept the request: ${refusal.message}`, 'request'),
  invalid_request_url: () =>
    permanent('invalid_request_url', 'Notion does not know this address. Check notion.base_url in the settings.'),
}

/** Tells a refusal in our vocabulary: its kind, Notion's own code, plain words. */
export const failureOfRefusal = (refusal: Refusal): NotionFailure => {
  if (isBlocked(refusal)) {
    return permanent(
      'public_api_request_blocked',
      'Notion blocks the requests of this connection. Ask Notion’s support why, then retry.',
    )
  }
  if (isRateLimit(refusal)) {
    return {
      kind: 'rate-limited',
      code: refusal.code,
      message: 'Notion asks to wait before the next request.',
      about: 'way',
    }
  }
  const known = Object.hasOwn(byCode, refusal.code) ? byCode[refusal.code] : undefined
  if (known !== undefined) return known(refusal)
  if (refusal.code === 'unreadable_answer') {
    return transient('unreadable_answer', 'Notion’s answer could not be read (it was no JSON of Notion’s).')
  }
  const passing = `Notion cannot answer at the moment (${refusal.status} ${refusal.code}).`
  if (refusal.status >= 500) return transient(refusal.code, passing)
  // Somebody else was at this very page.
  if (refusal.status === 409) return { kind: 'transient', code: refusal.code, message: passing, about: 'way' }
  return permanent(refusal.code, `Notion refuses (${refusal.status} ${refusal.code}): ${refusal.message}`)
}

/** A connection that broke may be one page's misfortune, or of everybody's: see the worker's outage. */
export const failureOfSilence = ({ reason, detail, remedy, besides }: Silence): NotionFailure => {
  const addition = [remedy ?? '', besides ?? ''].map((sentence) => (sentence === '' ? '' : ` ${sentence}`)).join('')
  switch (reason) {
    case 'time-out':
      return transient('no_answer', `Notion did not answer in time.${addition}`)
    case 'network':
      return transient(
        'unreachable',
        `Notion cannot be reached: ${detail}. ${remedy ?? 'Check the network.'}${besides === undefined ? '' : ` ${besides}`}`,
      )
    case 'cut':
      return transient(
        'connection_lost',
        `The connection to Notion broke off before the answer was complete: ${detail}.${addition}`,
      )
  }
}

export const unexpectedShape = (what: string): NotionFailure =>
  permanent('unexpected_answer', `Notion’s answer does not have the shape of a ${what}. A newer program may know it.`)
