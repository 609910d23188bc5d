import { onTestFinished } from 'vitest'
import { createProbeBudget, type ProbeBudget } from '../../electron/engine/tunnel/probe-budget.ts'
import type { Probe } from '../../electron/engine/tunnel/probe.ts'
import type { OpenTunnel, Opening, TunnelFailure, TunnelProvider } from '../../electron/engine/tunnel/provider.ts'
import { createSupervisor } from '../../electron/engine/tunnel/supervisor.ts'
import { endOfTurn } from './end-of-turn.ts'
import { createManualClock } from './manual-clock.ts'
import { createRecordedLog } from './recorded-log.ts'

export const ADDRESS = 'https://name.test/webhooks/notion'

export const failureOf = (code: string): TunnelFailure => ({ code, message: `${code}, in plain words.` })

/** Notes that outlive the budget which reads them. */
const keptBudget = () => {
  let text: string | null = null
  return {
    probeBudget: () => text,
    noteProbeBudget: (next: string) => {
      text = next
    },
  }
}

/** What was asked of a provider, and what it did with it. */
export interface Asked {
  readonly signal: AbortSignal
  readonly lose: (failure: TunnelFailure) => void
  /** It says what it waits for. */
  readonly wait: (silence: TunnelFailure) => void
  isClosed: boolean
}

interface Answers {
  /** What the provider answers: it opens, it fails, or (null) it stays silent. */
  opening: TunnelFailure | 'opens' | null
  address: string
  /** What a probe comes to; `waits`: it is on its way until the test settles it. */
  probe: TunnelFailure | 'returns' | 'waits'
  /** What is said of a probe that returned. */
  probeWarning: string | null
}

export interface TunnelStageOptions {
  /** How it is at the start. */
  readonly first?: Partial<Answers>
  /** In place of the provider that answers what the test says. */
  readonly provider?: TunnelProvider
  /** In place of probes that come to what the test says. */
  readonly probe?: Probe
  readonly onReachable?: () => void
  readonly budget?: (now: () => number) => ProbeBudget
}

/** A supervisor whose time, provider and probes a test holds in its hand. */
export const startTunnelStage = (options: TunnelStageOptions = {}) => {
  const clock = createManualClock()
  const log = createRecordedLog()
  const asked: Asked[] = []
  const probes: number[] = []
  const reachable: string[] = []
  const answers: Answers = {
    opening: 'opens',
    address: ADDRESS,
    probe: 'returns',
    probeWarning: null,
    ...options.first,
  }
  let onItsWay: ((outcome: TunnelFailure | null) => void) | null = null
  let late: ((opening: Opening) => void) | null = null

  const tunnelOf = (entry: Asked): OpenTunnel => ({
    address: answers.address,
    close: () => {
      entry.isClosed = true
      return Promise.resolve()
    },
  })

  const scripted: TunnelProvider = {
    name: 'the tunnel',
    open: ({ signal, onLost, onWaiting }) => {
      const entry: Asked = { signal, lose: onLost, wait: (silence) => onWaiting?.(silence), isClosed: false }
      asked.push(entry)
      const { opening } = answers
      if (opening === 'opens') return Promise.resolve({ ok: true, tunnel: tunnelOf(entry) })
      if (opening !== null) return Promise.resolve({ ok: false, failure: opening })
      return new Promise((resolve) => {
        late = resolve
      })
    },
  }

  const supervisor = createSupervisor({
    provider: options.provider ?? scripted,
    kind: 'ngrok',
    probe: options.probe ?? {
      send: () => {
        probes.push(clock.now())
        const { probe } = answers
        if (probe === 'returns') return Promise.resolve(null)
        if (probe !== 'waits') return Promise.resolve(probe)
        return new Promise((resolve) => {
          onItsWay = resolve
        })
      },
      answer: () => null,
      warning: () => answers.probeWarning,
    },
    budget: options.budget?.(clock.now) ?? createProbeBudget(keptBudget(), clock.now),
    clock,
    log,
    onReachable: (address) => {
      reachable.push(address)
      options.onReachable?.()
    },
  })
  onTestFinished(() => supervisor.stop())
  supervisor.start()

  /** Everything that follows by itself has happened. */
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await endOfTurn()
  }

  return {
    clock,
    log,
    asked,
    probes,
    reachable,
    answers,
    supervisor,
    settled,
    state: () => supervisor.reach().state,
    message: () => supervisor.reach().message,
    /** Time passes, and what follows from it happens on the way. */
    pass: async (ms: number, stepMs = ms): Promise<void> => {
      await settled()
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(stepMs, left))
        await settled()
      }
    },
    settleProbe: async (outcome: TunnelFailure | null): Promise<void> => {
      onItsWay?.(outcome)
      await settled()
    },
    /** The provider that stayed silent opens after all, or says why not. */
    openLate: async (failure: TunnelFailure | null = null): Promise<Asked> => {
      const entry = asked.at(-1)!
      late?.(failure === null ? { ok: true, tunnel: tunnelOf(entry) } : { ok: false, failure })
      await settled()
      return entry
    },
  }
}
