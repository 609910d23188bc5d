import type { PairingCalls } from '../../../shared/bridge.ts'
import { refusalOf, secretIsFixed } from '../settings/refused-change.ts'
import type { Pairing } from './pairing.ts'

const NOT_WAITING =
  'No such token is waiting: it has not arrived, or something was confirmed, disconnected or started anew since. Nothing was done. If you have pasted it in Notion already, write it as webhook.secret; otherwise open the pairing (pair), then have Notion send the token again, or make a new subscription in place of this one.'

/** What people ask of the pairing. `isFixed`: the settings name the secret (at `where`), and nothing can be paired. */
export const createPairingCalls = (pairing: Pairing, where: string, isFixed: boolean): PairingCalls => ({
  pairing: () => Promise.resolve(pairing.view()),
  'open-pairing': () => {
    if (isFixed) return Promise.resolve({ refused: `${where} is set, and wins over what is paired. Remove it first.` })
    pairing.open()
    return Promise.resolve({ refused: null })
  },
  'confirm-pairing': async ({ token }) => ({
    refused: await refusalOf(async () => ((await pairing.confirm(token)) ? null : NOT_WAITING)),
  }),
  disconnect: async () => ({
    refused: await refusalOf(async () => {
      if (isFixed) return secretIsFixed(where)
      return (await pairing.disconnect()) ? null : 'Nothing is paired, and no token waits. Nothing was done.'
    }),
  }),
})
