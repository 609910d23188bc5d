import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parsedJson } from '../../../shared/json.ts'
import type { Problem } from '../../../shared/status.ts'

/** Text of this file's own making, which outlives a restart. */
export interface AddressNotes {
  subscribedAddress(): string | null
  noteSubscribedAddress(text: string): void
}

/**
 * Where Notion sends to. It cannot be asked, and a verified subscription's address is locked (Notion's webhook reference),
 * so what is known comes from what happened: pairing was done at an address, or a signed delivery came through it.
 */
export interface SubscribedAddress {
  /** Null: nothing is known. */
  known(): string | null
  /** Notion is known to send to this one, and so what comes in comes by it. */
  isAt(present: string | null): boolean
  /** Notion sends to this one. */
  learn(address: string): void
  /** A subscription was paired at this one; null: at one that nobody has told us, or that is not proven. */
  paired(address: string | null): void
  /** We are reachable at this one: where nothing is known, what is paired was paired here. */
  reachable(address: string): void
  /** What a person has to do where we are reachable at another address than Notion knows, or may know; null: nothing. */
  problem(present: string | null): Problem | null
}

/** `address` null: one that nobody has told us; `secret`: see `markOf`; `isGuess`: nothing came by it yet but a probe. */
const noteSchema = z.object({ address: z.string().nullable(), secret: z.string(), isGuess: z.boolean().optional() })

type Known = Readonly<z.infer<typeof noteSchema>>

/** By which a subscription is told from the one after it, without the secret: a new one has a new secret. */
const markOf = (fixedSecret: string | null): string =>
  fixedSecret === null ? 'paired' : createHash('sha256').update(fixedSecret).digest('hex').slice(0, 12)

const noted = (text: string | null, secret: string): Known | null => {
  if (text === null) return null
  // An older program wrote the address alone.
  const known = noteSchema.safeParse(parsedJson(text)).data ?? { address: text, secret }
  return known.secret === secret ? known : null
}

const DELETE = 'In Notion, open Settings, Connections, your connection, Webhooks, and delete the subscription.'

/** Nothing that comes in can tell two ports of one name apart where proxies pass on the name alone. */
const isOtherPort = (a: string, b: string): boolean => {
  const [one, other] = [new URL(a), new URL(b)]
  return one.hostname === other.hostname && one.host !== other.host
}

/** `guess`: null where there is none. */
const why = (guess: string | null): string =>
  guess === null
    ? 'the subscription was paired while no public address was proven'
    : `before, this computer was reached at ${guess}`

const failure = (message: string): Problem => ({ code: 'address-changed', severity: 'failure', message })

/** `fixed`: the secret that the settings give, and where; null: it is paired. */
export const createSubscribedAddress = (
  notes: AddressNotes,
  fixed: { readonly secret: string; readonly at: string } | null,
): SubscribedAddress => {
  const secret = markOf(fixed?.secret ?? null)
  let known = noted(notes.subscribedAddress(), secret)
  // The new token comes in the handshake alone, which nobody is told of while the settings give the secret.
  const pairIt = `${fixed === null ? 'Pair it' : `Remove ${fixed.at}, start again, and pair it`}: npm run headless -- pair.`

  const note = (address: string | null, isGuess = false): void => {
    if (known?.address === address && (known.isGuess ?? false) === isGuess) return
    known = { address, secret, ...(isGuess ? { isGuess } : {}) }
    notes.noteSubscribedAddress(JSON.stringify(known))
  }

  return {
    known: () => known?.address ?? null,
    isAt: (present) => present !== null && known?.address === present && known.isGuess !== true,
    learn: (address) => {
      note(address)
    },
    paired: (address) => {
      note(address)
    },
    reachable: (address) => {
      if (known === null) note(address, true)
    },
    problem: (present) => {
      if (present === null || known === null || present === known.address) return null
      if (known.address !== null && known.isGuess !== true) {
        return failure(
          `The public address is now ${present}, but Notion sends to ${known.address} and cannot be told. 1. ${DELETE} 2. Make a new one with ${present}. 3. ${pairIt}`,
        )
      }
      return {
        code: 'address-unknown',
        severity: known.address === null || isOtherPort(known.address, present) ? 'notice' : 'failure',
        message: `Whether Notion sends to ${present} is not known: ${why(known.address)}. This goes with the first delivery whose Host (or X-Forwarded-Host) header is that of this address. If the subscription in Notion has another address: 1. ${DELETE} 2. Make a new one with ${present}. 3. ${pairIt}`,
      }
    },
  }
}
