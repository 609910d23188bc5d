import { errorText } from '../foundation/errors.ts'
import { createIntake, type Intake, type IntakeParts } from '../intake/intake.ts'
import type { LoadedSettings } from '../settings/load.ts'
import { createNoTunnel, type Tunnel } from './no-tunnel.ts'
import type { BudgetNotes } from './probe-budget.ts'
import { type AddressNotes, createSubscribedAddress } from './subscribed-address.ts'
import type { TunnelParts } from './tunnel.ts'

export interface PublicSideParts
  extends Omit<IntakeParts, 'webhook' | 'secretAt' | 'reach' | 'store'>,
    Omit<TunnelParts, 'settings' | 'isPaired' | 'subscribed' | 'notes' | 'events'> {
  readonly loaded: Pick<LoadedSettings, 'settings' | 'where'>
  readonly commits: IntakeParts['commits'] & { runQuick(work: () => void): Promise<void> }
  /** Written within a transaction. */
  readonly notes: IntakeParts['notes'] & BudgetNotes & AddressNotes
  readonly events: IntakeParts['store'] & TunnelParts['events']
}

/** What the tunnel remembers. What is not stored costs a probe more, or is learnt again. */
const tunnelNotes = ({ notes, commits, log }: PublicSideParts): BudgetNotes & AddressNotes => {
  const stored = (write: () => void): void => {
    commits.runQuick(write).catch((error: unknown) => {
      log.warn({ error: errorText(error) }, 'What the tunnel has to remember cannot be stored')
    })
  }
  return {
    probeBudget: notes.probeBudget,
    noteProbeBudget: (text) => {
      stored(() => {
        notes.noteProbeBudget(text)
      })
    },
    subscribedAddress: notes.subscribedAddress,
    noteSubscribedAddress: (text) => {
      stored(() => {
        notes.noteSubscribedAddress(text)
      })
    },
  }
}

/** What keeps a tunnel is loaded where one is wanted. */
const openTunnel = async (parts: TunnelParts): Promise<Tunnel> => {
  if (parts.settings.tunnel.provider === 'none') return createNoTunnel(parts)
  const { createTunnel } = await import('./tunnel.ts')
  return createTunnel(parts)
}

/** What faces the public: the listener, and the way by which Notion reaches it. Each tells the other what it sees. */
export const openPublicSide = async (parts: PublicSideParts): Promise<Intake & { readonly tunnel: Tunnel }> => {
  const { settings, where } = parts.loaded
  const { secret } = settings.webhook
  const secretAt = where('webhook.secret')
  const notes = tunnelNotes(parts)
  const subscribed = createSubscribedAddress(notes, secret === null ? null : { secret, at: secretAt })
  const tunnel = await openTunnel({ ...parts, settings, notes, subscribed, isPaired: () => intake.isPaired() })
  const intake = createIntake({
    ...parts,
    webhook: settings.webhook,
    secretAt,
    store: parts.events,
    reach: tunnel,
  })
  return { ...intake, tunnel, problems: () => [...tunnel.problems(), ...intake.problems()] }
}
