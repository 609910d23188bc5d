import type { PairingView } from '../../../shared/pairing.ts'
import type { Clock, Timer } from '../foundation/clock.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { PairedSecret, SecretStore } from '../settings/secret-store.ts'
import { tokenOf } from './received-event.ts'
import { isSignedWith } from './signature.ts'

/** How long a person who opened pairing has for making the subscription in Notion. */
const OPEN_MS = 15 * 60_000

const TOKEN = /^secret_[A-Za-z0-9]{20,200}$/

/** Whether it looks like the tokens that Notion makes for a subscription. */
export const isSubscriptionToken = (text: string): boolean => TOKEN.test(text)

/** Anybody can send tokens while pairing is open: so many are kept. Notion says of more that they failed, and can resend. */
const MOST_TOKENS = 16

const MOST_FORMER = 4

/** An event whose proof takes longer comes again: Notion repeats it. */
const PROOF_LIMIT_MS = 5_000

/** What a person has to know whose time for pairing ended too early. */
const IF_PASTED = 'If you have pasted a token in Notion already, confirm it: pair --confirm TOKEN.'

/** Who asks now and then is to see a token that was confirmed as soon as it had come. */
const SHOWN_AFTER_END_MS = 10_000

/**
 * What an event comes to that no confirmed secret signed. former: one did that another took the place of · unconfirmed: it
 * is ours, and signed with a token of a window that is over; only a person's word makes that the secret.
 */
export type ProofResult = 'stranger' | 'former' | 'undecided' | 'unconfirmed' | 'confirmed'

/** Whether an event comes from our workspace and names something that our token can read; null: Notion gave no answer. */
export type Proof = (raw: Buffer) => Promise<{ readonly workspaceId: string } | 'refused' | null>

export interface PairingParts {
  readonly store: SecretStore
  readonly clock: Clock
  readonly log: Log
  readonly prove: Proof
  /** The workspace of our token; null while Notion has not told it. */
  readonly workspaceId: () => string | null
  /** A token came for the first time, or a secret was confirmed. */
  readonly onChange: (change: PairingChange) => void
  /** A confirmed secret cannot be kept, and why; null: one was kept. */
  readonly onTrouble: (error: string | null) => void
}

export type PairingChange =
  | { readonly kind: 'handshake'; readonly token: string; readonly suspicious: boolean }
  | { readonly kind: 'paired'; readonly workspaceId: string | null }

/** The time that an event's proof may take, its wait for the turn included. */
interface ProofLimit {
  readonly isOver: () => boolean
  readonly over: Promise<null>
}

/**
 * How a subscription's verification token becomes the secret. Notion's handshake is signed with the very token that it
 * carries, so anybody can forge one: a token is taken only while a person has opened pairing, and becomes the secret only
 * when that person confirms it, or when it is the only one of the open window and an event proves itself.
 */
export interface Pairing {
  /** The secrets that an event may be signed with, the newest first. */
  secrets(): readonly string[]
  open(): void
  view(): PairingView
  isOpen(): boolean
  /** A request whose body carries a token. `pending`: it waits to be confirmed. */
  handshake(token: string): 'pending' | 'refused' | 'too-many'
  /** An event that no confirmed secret signed, with a token that came. `confirmed`: its token is a secret now. */
  eventSignedBy(raw: Buffer, signature: string): Promise<ProofResult>
  /**
   * A person says that this is the one, of this window or of one before: Notion may have taken it by then, and resends
   * none that it took. False where no such token came. Rejects where it cannot be kept.
   */
  confirm(token: string): Promise<boolean>
  /** A request came that a confirmed secret signed: the first event of the newest one ends the time of the one before. */
  used(secret: string, raw: Buffer): void
  /** Forgets every secret and every token. False where there was none. Rejects where that cannot be kept: nothing changed. */
  disconnect(): Promise<boolean>
  /** Resolves when nothing is being kept or forgotten any more. */
  stop(): Promise<void>
}

export const createPairing = (parts: PairingParts): Pairing => {
  const { store, clock, log } = parts
  let until: number | null = null
  let endedAt = Number.NEGATIVE_INFINITY
  let timer: Timer | null = null
  let tokens: readonly string[] = []
  /** What a person may confirm, the newest first: those of windows before, too, until something is confirmed. */
  let arrived: readonly string[] = []
  let confirmed: PairingView['confirmed'] = null
  let isFullTold = false
  /** What was a secret in this run, the newest first: a subscription that is not deleted goes on sending. */
  let former: readonly string[] = []
  /** One proof, and one change of what is kept, at a time: each looks at what the one before left. */
  let last: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }

  const close = (): void => {
    timer?.cancel()
    timer = null
    until = null
    endedAt = clock.now()
  }

  const expire = (): void => {
    close()
    log.warn(
      {},
      `The time for pairing is over, and no token was confirmed.${arrived.length > 0 ? ` ${IF_PASTED}` : ''}`,
    )
  }

  /** A timer stands still while the machine sleeps: the time of day decides as well. */
  const isOpen = (): boolean => {
    if (until !== null && clock.now() >= until) expire()
    return until !== null
  }

  /** The tokens that may still become the secret. */
  const waiting = (): readonly string[] => (isOpen() ? tokens : [])

  const secrets = (): readonly string[] => store.paired().map(({ secret }) => secret)

  const keepPaired = async (paired: readonly PairedSecret[]): Promise<void> => {
    const before = secrets()
    await store.keepPaired(paired)
    const now = secrets()
    former = [...before, ...former].filter((each) => !now.includes(each)).slice(0, MOST_FORMER)
  }

  const keep = async (secret: string, workspaceId: string | null, besides: readonly PairedSecret[]): Promise<void> => {
    const before = arrived
    try {
      await keepPaired([{ secret, workspace_id: workspaceId }, ...besides])
    } catch (error) {
      parts.onTrouble(errorText(error))
      throw error
    }
    parts.onTrouble(null)
    close()
    // One that came meanwhile was answered like the others: a person may have pasted it.
    arrived = arrived.filter((token) => !before.includes(token))
    confirmed = { at: clock.now(), workspace_id: workspaceId }
    log.info({ workspace: workspaceId }, 'Paired with a webhook subscription')
    parts.onChange({ kind: 'paired', workspaceId })
  }

  const signedBy = (raw: Buffer, signature: string, candidates: readonly string[]): string | undefined =>
    candidates.find((candidate) => isSignedWith(raw, signature, candidate))

  const used = (secret: string, raw: Buffer): void => {
    const [newest, ...older] = store.paired()
    if (newest?.secret !== secret || older.length === 0 || tokenOf(raw) !== null) return
    inTurn(async () => {
      const [first, ...rest] = store.paired()
      if (first?.secret === secret && rest.length > 0) await keepPaired([first])
    }).catch((error: unknown) => {
      log.error({ error: errorText(error) }, 'The secret of before cannot be forgotten; the next event tries again')
    })
  }

  const prove = async (raw: Buffer, signature: string, limit: ProofLimit): Promise<ProofResult> => {
    // The event before this one, or a person, may have confirmed the token meanwhile.
    const known = signedBy(raw, signature, secrets())
    if (known !== undefined) {
      used(known, raw)
      return 'confirmed'
    }
    const token = signedBy(raw, signature, waiting())
    if (token === undefined && signedBy(raw, signature, arrived) === undefined) return 'stranger'
    if (token !== undefined && waiting().length > 1) return 'undecided'
    // Only the asking is limited. Keeping the secret ends within the turn: two changes of what is kept must not meet.
    const proof = limit.isOver() ? null : await Promise.race([parts.prove(raw), limit.over])
    // Its sender is told to come again: it proves itself then.
    if (proof === null) return 'undecided'
    if (proof === 'refused') return 'stranger'
    if (token === undefined) return 'unconfirmed'
    // A second token may have come, or the window may have ended, while Notion was asked.
    if (!waiting().includes(token)) return arrived.includes(token) ? 'unconfirmed' : 'stranger'
    if (waiting().length > 1) return 'undecided'
    // The first event with the new secret ends the time of the one before.
    await keep(token, proof.workspaceId, [])
    return 'confirmed'
  }

  const proveInTurn = async (raw: Buffer, signature: string): Promise<ProofResult> => {
    const over = Promise.withResolvers<null>()
    let isOver = false
    const handle = clock.after(PROOF_LIMIT_MS, () => {
      isOver = true
      over.resolve(null)
    })
    try {
      // A Notion that does not answer holds up neither the next event nor a person: the turn ends with the limit.
      return await inTurn(() => prove(raw, signature, { isOver: () => isOver, over: over.promise }))
    } catch (error) {
      log.error({ error: errorText(error) }, 'The pairing could not be decided, or its secret not be kept')
      return 'undecided'
    } finally {
      handle.cancel()
    }
  }

  return {
    secrets,
    open: () => {
      close()
      tokens = []
      isFullTold = false
      until = clock.now() + OPEN_MS
      timer = clock.after(OPEN_MS, expire)
    },
    isOpen,
    view: () => {
      const isShown = isOpen() || clock.now() - endedAt < SHOWN_AFTER_END_MS
      return {
        until,
        tokens: isShown ? tokens.map((token, index) => ({ token, suspicious: index > 0 })) : [],
        isPaired: store.paired().length > 0,
        confirmed,
      }
    },
    handshake: (token) => {
      if (!isOpen() || !isSubscriptionToken(token)) return 'refused'
      if (tokens.includes(token) || secrets().includes(token)) return 'pending'
      if (tokens.length >= MOST_TOKENS) {
        // Whoever sends so many does not stop there.
        if (!isFullTold) log.warn({ tokens: tokens.length }, 'Too many tokens came; further ones are refused')
        isFullTold = true
        return 'too-many'
      }
      tokens = [...tokens, token]
      arrived = [token, ...arrived.filter((each) => each !== token)].slice(0, 2 * MOST_TOKENS)
      parts.onChange({ kind: 'handshake', token, suspicious: tokens.length > 1 })
      return 'pending'
    },
    eventSignedBy: async (raw, signature) => {
      if (signedBy(raw, signature, [...waiting(), ...arrived]) !== undefined) return proveInTurn(raw, signature)
      return signedBy(raw, signature, former) === undefined ? 'stranger' : 'former'
    },
    confirm: (token) =>
      inTurn(async () => {
        // Its first event may have been quicker than the person.
        if (secrets()[0] === token) return true
        if (!arrived.includes(token)) return false
        // Of two before it, the older one is in use: no event came with the other.
        await keep(token, parts.workspaceId(), store.paired().slice(-1))
        return true
      }),
    used,
    disconnect: () =>
      inTurn(async () => {
        const isThere = isOpen() || arrived.length > 0 || store.paired().length > 0
        if (store.paired().length > 0) await keepPaired([])
        parts.onTrouble(null)
        close()
        tokens = []
        arrived = []
        former = []
        return isThere
      }),
    stop: async () => {
      close()
      await last
    },
  }
}
