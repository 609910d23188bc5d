import type { Settings } from '../../../shared/settings.ts'
import { createIntake, type Intake, type IntakeParts } from '../intake/intake.ts'
import { createTunnel, type Tunnel, type TunnelParts } from './tunnel.ts'

export interface PublicSideParts
  extends Omit<IntakeParts, 'webhook' | 'reach' | 'store'>,
    Omit<TunnelParts, 'settings' | 'isPaired' | 'notes' | 'events' | 'commits'> {
  readonly settings: Pick<Settings, 'tunnel' | 'webhook'>
  readonly commits: IntakeParts['commits'] & TunnelParts['commits']
  readonly notes: IntakeParts['notes'] & TunnelParts['notes']
  readonly events: IntakeParts['store'] & TunnelParts['events']
}

/** What faces the public: the listener, and the way by which Notion reaches it. Each tells the other what it sees. */
export const openPublicSide = (parts: PublicSideParts): Intake & { readonly tunnel: Tunnel } => {
  const tunnel = createTunnel({ ...parts, isPaired: () => intake.isPaired() })
  const intake = createIntake({ ...parts, webhook: parts.settings.webhook, store: parts.events, reach: tunnel })
  return { ...intake, tunnel }
}
