import { createIntake, type Intake, type IntakeParts } from '../intake/intake.ts'
import type { LoadedSettings } from '../settings/load.ts'
import { createNoTunnel, type Tunnel } from './no-tunnel.ts'
import type { TunnelParts } from './tunnel.ts'

export interface PublicSideParts
  extends Omit<IntakeParts, 'webhook' | 'secretAt' | 'reach' | 'store'>,
    Omit<TunnelParts, 'settings' | 'isPaired' | 'notes' | 'events' | 'commits'> {
  readonly loaded: Pick<LoadedSettings, 'settings' | 'where'>
  readonly commits: IntakeParts['commits'] & TunnelParts['commits']
  readonly notes: IntakeParts['notes'] & TunnelParts['notes']
  readonly events: IntakeParts['store'] & TunnelParts['events']
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
  const tunnel = await openTunnel({ ...parts, settings, isPaired: () => intake.isPaired() })
  const intake = createIntake({
    ...parts,
    webhook: settings.webhook,
    secretAt: where('webhook.secret'),
    store: parts.events,
    reach: tunnel,
  })
  return { ...intake, tunnel, problems: () => [...tunnel.problems(), ...intake.problems()] }
}
