import type { Reach } from '../../../shared/reach.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { Clock } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import { lookUpAddresses } from '../foundation/system-network.ts'
import { createWakeWatch, systemAddresses } from '../foundation/wake-watch.ts'
import { WEBHOOK_PATH } from '../intake/listener.ts'
import { createIsolatedNgrok } from './isolated-ngrok.ts'
import { deliveryWay } from './delivery-way.ts'
import { NO_REACH, type Tunnel } from './no-tunnel.ts'
import { createPausedSubscription, type PausedSubscriptionParts } from './paused-subscription.ts'
import { createProbe } from './probe.ts'
import { type BudgetNotes, createProbeBudget, unlimitedProbes } from './probe-budget.ts'
import { createProbeRequests } from './probe-requests.ts'
import type { TunnelProvider } from './provider.ts'
import { createPublicAddress, isLocalHost } from './public-address.ts'
import type { SubscribedAddress } from './subscribed-address.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'

/** The provider that the settings name, or a test's; `localAddress`: where the listener is, as `host:port`. */
export type ProviderAt = (localAddress: string) => TunnelProvider

export interface TunnelParts {
  readonly settings: Pick<Settings, 'tunnel' | 'webhook' | 'notion'>
  /** The tunnel's token, wherever it is kept. */
  readonly authtoken: string | null
  /** What outlives a restart. */
  readonly notes: BudgetNotes
  readonly subscribed: SubscribedAddress
  readonly events: Pick<PausedSubscriptionParts, 'recentArrivals'>
  readonly isPaired: () => boolean
  readonly clock: Clock
  readonly log: Log
  /** The public address was proven for the first time, or is another than before. */
  readonly onReachable: ((address: string) => void) | undefined
  readonly providerAt: ProviderAt | undefined
}

/** Where a listener can be reached on this computer: one that listens everywhere has no address to connect to. */
const connectable = (listening: string): string => {
  const [, host = '127.0.0.1', port = '80'] = /^https?:\/\/(\[[^\]]*\]|[^:/]+)(?::(\d+))?/.exec(listening) ?? []
  return `${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${port}`
}

export const createTunnel = (parts: TunnelParts): Tunnel => {
  const { settings, notes, subscribed, clock, log } = parts
  const { provider: kind, domain } = settings.tunnel
  const { endpointUrl } = settings.webhook
  const { hostname: notionHost } = new URL(settings.notion.baseUrl)
  if (kind === 'none') throw new Error('No tunnel is wanted')
  let supervisor: Supervisor | null = null
  const paused = createPausedSubscription({
    clock,
    recentArrivals: parts.events.recentArrivals,
    reachableSince: () => supervisor?.reachableSince() ?? null,
  })
  const ending = new AbortController()
  const probe = createProbe(createProbeRequests(ending.signal), kind)

  const ownProvider: ProviderAt = (localAddress) =>
    kind === 'url' && endpointUrl !== null
      ? createPublicAddress(endpointUrl, WEBHOOK_PATH, lookUpAddresses, isLocalHost(notionHost))
      : createIsolatedNgrok({ authtoken: parts.authtoken, domain, localAddress, path: WEBHOOK_PATH, clock, log })

  const reach = (): Reach => supervisor?.reach() ?? { ...NO_REACH, provider: kind, state: 'opening' }
  const wakeWatch = createWakeWatch(clock, systemAddresses, (reason) => {
    log.info({ reason }, 'The machine woke or came into another network; the tunnel is opened anew')
    supervisor?.lookNow()
  })

  return {
    reach,
    problems: () => {
      const changed = parts.isPaired() ? subscribed.problem(reach().address) : null
      return [changed, paused.problem()].filter((problem) => problem !== null)
    },
    start: (listening) => {
      supervisor = createSupervisor({
        provider: (parts.providerAt ?? ownProvider)(connectable(listening)),
        kind,
        probe,
        budget: kind === 'ngrok' ? createProbeBudget(notes, clock.now) : unlimitedProbes,
        clock,
        log,
        onReachable: (address) => {
          if (parts.isPaired()) subscribed.reachable(address)
          parts.onReachable?.(address)
        },
      })
      supervisor.start()
      wakeWatch.start()
    },
    delivered: (host, isForwarded) => {
      const { address } = reach()
      const way = deliveryWay(host, { present: address, subscribed: subscribed.known() })
      // What still comes by the address of before proves nothing of this one.
      if (way === 'elsewhere') return
      const placed = subscribed.isAt(address) ? 'subscribed' : 'unknown'
      const arrival = way === 'here' ? way : isForwarded ? placed : 'unplaced'
      const isOfAddress = supervisor?.delivered(arrival) === true
      if (isOfAddress && way === 'here' && address !== null) subscribed.learn(address)
    },
    paired: () => {
      const { address, state } = reach()
      // ngrok gives the address itself; what a person wrote may be mistaken, and the subscription come another way.
      subscribed.paired(kind === 'ngrok' || state === 'reachable' ? address : null)
    },
    caughtUp: paused.caughtUp,
    answerProbe: probe.answer,
    stop: async () => {
      wakeWatch.stop()
      ending.abort()
      await supervisor?.stop()
    },
  }
}
