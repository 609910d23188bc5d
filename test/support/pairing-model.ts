import { MINUTE_MS } from './pairing-stage.ts'

/** What Notion says of an event: it is ours; it is not; nothing; nothing, and the truth too late. */
export type Verdict = 'own' | 'foreign' | 'unanswered' | 'late'

/** What may happen to a pairing; tokens by their number. */
export type Act =
  | { readonly kind: 'open' }
  | { readonly kind: 'handshake'; readonly token: number }
  | { readonly kind: 'confirm'; readonly token: number }
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'sleep'; readonly minutes: number }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'break-disk'; readonly isBroken: boolean }
  | { readonly kind: 'restart' }
  /** `meanwhile`: what happens while Notion is asked, where it is; `queued`: what a person asks for in that time. */
  | {
      readonly kind: 'event'
      readonly token: number
      readonly verdict: Verdict
      readonly meanwhile: readonly Meanwhile[]
      readonly queued: readonly Queued[]
    }

/** What takes effect at once, a proof under way or not. */
export type Meanwhile = Extract<Act, { kind: 'open' | 'handshake' | 'pass' | 'sleep' }>

/** What waits until a proof that is under way has come to its end. */
export type Queued = Extract<Act, { kind: 'confirm' | 'disconnect' }>

/** What the pairing is to be, told as simply as can be: nothing here waits, and nothing is at the same time. */
export interface PairingModel {
  readonly secrets: () => readonly number[]
  /** How often something became the secret, or came back as the newest. */
  readonly confirmations: () => number
  act(act: Act): void
}

const WINDOW_MS = 15 * MINUTE_MS

export const createPairingModel = (): PairingModel => {
  let nowMs = 0
  let openUntil = 0
  let waiting: readonly number[] = []
  /** What came in any window: a person's word is enough for it. */
  let arrived: readonly number[] = []
  let secrets: readonly number[] = []
  let isBroken = false
  let confirmations = 0

  const isOpen = (): boolean => nowMs < openUntil

  const close = (): void => {
    openUntil = 0
    waiting = []
  }

  const write = (next: readonly number[]): boolean => {
    if (!isBroken) secrets = next
    return !isBroken
  }

  const becomes = (token: number, besides: readonly number[]): void => {
    if (!write([token, ...besides])) return
    confirmations += 1
    close()
    arrived = []
  }

  const event = (token: number, verdict: Verdict, meanwhile: readonly Meanwhile[]): void => {
    if (secrets.includes(token)) {
      if (secrets[0] === token) write([token])
      return
    }
    const isTheOnlyOne = (): boolean => isOpen() && waiting.length === 1 && waiting[0] === token
    // It is proven as well, though nothing comes of it but a word to the person.
    const isOfBefore = arrived.includes(token) && !(isOpen() && waiting.includes(token))
    if (isOfBefore) meanwhile.forEach(act)
    if (isOfBefore || !isTheOnlyOne()) return
    meanwhile.forEach(act)
    // Each passing of time is longer than Notion may be silent.
    const isInTime = verdict === 'own' && !meanwhile.some(({ kind }) => kind === 'pass')
    if (isInTime && isTheOnlyOne()) becomes(token, [])
  }

  const act = (next: Act): void => {
    switch (next.kind) {
      case 'open':
        waiting = []
        openUntil = nowMs + WINDOW_MS
        break
      case 'handshake':
        if (isOpen() && !waiting.includes(next.token) && !secrets.includes(next.token))
          waiting = [...waiting, next.token]
        if (waiting.includes(next.token)) arrived = [...arrived, next.token]
        break
      case 'confirm':
        if (arrived.includes(next.token)) becomes(next.token, secrets.slice(-1))
        break
      case 'pass':
      case 'sleep':
        nowMs += next.minutes * MINUTE_MS
        if (!isOpen()) close()
        break
      case 'disconnect':
        if (secrets.length > 0 && !write([])) break
        close()
        arrived = []
        break
      case 'break-disk':
        isBroken = next.isBroken
        break
      case 'restart':
        close()
        arrived = []
        break
      case 'event':
        event(next.token, next.verdict, next.meanwhile)
        next.queued.forEach(act)
        break
      default:
        next satisfies never
    }
  }

  return { secrets: () => secrets, confirmations: () => confirmations, act }
}
