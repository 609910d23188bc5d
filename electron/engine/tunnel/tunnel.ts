import type { Reach } from '../../../shared/reach.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { Clock } from '../foundation/clock.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import { lookUpAddresses } from '../foundation/system-network.ts'
import { createWakeWatch, systemAddresses } from '../foundation/wake-watch.ts'
import { WEBHOOK_PATH } from '../intake/listener.ts'
import { createIsolatedNgrok } from './isolated-ngrok.ts'
import { NO_REACH, type Tunnel } from './no-tunnel.ts'
import { createPausedSubscription, type PausedSubscriptionParts } from './paused-subscription.ts'
import { createProbe } from './probe.ts'
import { type BudgetNotes, createProbeBudget, unlimitedProbes } from './probe-budget.ts'
import { createProbeRequests } from './probe-requests.ts'
import type { TunnelProvider } from './provider.ts'
import { createPublicAddress } from './public-address.ts'
import { type AddressNotes, createSubscribedAddress } from './subscribed-address.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'

/** The provider that the settings name, or a test's; `localAddress`: where the listener is, as `host:port`. */
export type ProviderAt = (localAddress: string) => TunnelProvider

export interface TunnelParts {
  readonly settings: Pick<Settings, 'tunnel' | 'webhook'>
  /** The tunnel's token, wherever it is kept. */
  readonly authtoken: string | null
  /** What outlives a restart; written within a transaction. */
  readonly notes: BudgetNotes & AddressNotes
  readonly commits: { runQuick(work: () => void): Promise<void> }
  readonly events: Pick<PausedSubscriptionParts, 'recentArrivals'>
  readonly isPaired: () => boolean
  readonly clock: Clock
  readonly log: Log
  /** The public address was proven for the first time, or is another than before. */
  readonly onReachable: ((address: string) => void) | undefined
  readonly providerAt: ProviderAt | undefined
}

const hostOf = (address: string | null): string | null => (address === null ? null : new URL(address).host)

/** Of a `Host` or `X-Forwarded-Host` header, to which each proxy on the way may have added; the first one is the visitor's. */
const hostIn = (header: string | null): string | null =>
  URL.parse(`https://${(header ?? '').split(',', 1)[0]?.trim() ?? ''}`)?.host ?? null

/** Where a listener can be reached on this computer: one that listens everywhere has no address to connect to. */
const connectable = (listening: string): string => {
  const [, host = '127.0.0.1', port = '80'] = /^https?:\/\/(\[[^\]]*\]|[^:/]+)(?::(\d+))?/.exec(listening) ?? []
  return `${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${port}`
}

export const createTunnel = (parts: TunnelParts): Tunnel => {
  const { settings, notes, clock, log } = parts
  const { provider: kind, domain } = settings.tunnel
  const { endpointUrl } = settings.webhook
  if (kind === 'none') throw new Error('No tunnel is wanted')
  let supervisor: Supervisor | null = null
  const paused = createPausedSubscription({
    clock,
    recentArrivals: parts.events.recentArrivals,
    reachableSince: () => supervisor?.reachableSince() ?? null,
  })
  const ending = new AbortController()
  const probe = createProbe(createProbeRequests(ending.signal), kind)

  /** What is not stored costs a probe more, or is learnt again. */
  const stored = (write: () => void): void => {
    parts.commits.runQuick(write).catch((error: unknown) => {
      log.warn({ error: errorText(error) }, 'What the tunnel has to remember cannot be stored')
    })
  }
  const subscribed = createSubscribedAddress(
    {
      subscribedAddress: notes.subscribedAddress,
      noteSubscribedAddress: (address) => {
        stored(() => {
          notes.noteSubscribedAddress(address)
        })
      },
    },
    settings.webhook.secret !== null,
  )
  const budgetNotes: BudgetNotes = {
    probeBudget: notes.probeBudget,
    noteProbeBudget: (text) => {
      stored(() => {
        notes.noteProbeBudget(text)
      })
    },
  }

  const ownProvider: ProviderAt = (localAddress) =>
    kind === 'url' && endpointUrl !== null
      ? createPublicAddress(endpointUrl, WEBHOOK_PATH, lookUpAddresses)
      : createIsolatedNgrok({ authtoken: parts.authtoken, domain, localAddress, path: WEBHOOK_PATH, clock, log })

  const reach = (): Reach => supervisor?.reach() ?? { ...NO_REACH, provider: kind, state: 'opening' }
  const learnAddress = (): void => {
    const { address } = reach()
    if (address !== null) subscribed.learn(address)
  }
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
        budget: kind === 'ngrok' ? createProbeBudget(budgetNotes, clock.now) : unlimitedProbes,
        clock,
        log,
        onReachable: (address) => {
          // What was paired before an address was known was paired at this one.
          if (parts.isPaired() && subscribed.known() === null) subscribed.learn(address)
          parts.onReachable?.(address)
        },
      })
      supervisor.start()
      wakeWatch.start()
    },
    forwarded: (host) => {
      const { address } = reach()
      const former = subscribed.known()
      const sentTo = hostIn(host)
      const fits = sentTo !== null && sentTo === hostOf(address)
      // What still comes by the address of before proves nothing of this one.
      if (!fits && sentTo !== null && sentTo === hostOf(former)) return
      supervisor?.delivered(fits || former === null || former === address)
      if (fits || supervisor?.isProbed() === true) learnAddress()
    },
    paired: learnAddress,
    caughtUp: paused.caughtUp,
    answerProbe: probe.answer,
    stop: async () => {
      wakeWatch.stop()
      ending.abort()
      await supervisor?.stop()
    },
  }
}
