import type { Problem } from '../../../shared/status.ts'

export interface AddressNotes {
  subscribedAddress(): string | null
  /** Null: nothing is known any more. */
  noteSubscribedAddress(address: string | null): void
}

/**
 * Where Notion sends to. It cannot be asked, and a verified subscription's address is locked (Notion's webhook reference),
 * so what is known comes from what happened: pairing was done at an address, or a signed delivery came through it.
 */
export interface SubscribedAddress {
  /** Null: nothing is known. */
  known(): string | null
  /** Notion sends to this one. */
  learn(address: string): void
  /** What a person has to do where we are reachable at another address than Notion knows; null: nothing. */
  problem(present: string | null): Problem | null
}

export const createSubscribedAddress = (notes: AddressNotes, hasFixedSecret: boolean): SubscribedAddress => {
  let known = notes.subscribedAddress()
  const last = hasFixedSecret
    ? 'Write the token that it shows as webhook.secret, and start again.'
    : 'Pair it: npm run headless -- pair.'
  return {
    known: () => known,
    learn: (address) => {
      if (address === known) return
      known = address
      notes.noteSubscribedAddress(address)
    },
    problem: (present) => {
      if (present === null || known === null || present === known) return null
      return {
        code: 'address-changed',
        severity: 'failure',
        message: `The public address is now ${present}, but Notion sends to ${known} and cannot be told. 1. In Notion, open Settings, Connections, your connection, Webhooks, and delete the subscription. 2. Make a new one with ${present}. 3. ${last}`,
      }
    },
  }
}
