import type { Reach } from '../../../shared/reach.ts'
import { type Clock, isoTime } from '../foundation/clock.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { Arrival } from './delivery-way.ts'
import { createInterruption } from './interruption.ts'
import { isOfNgrok, isOfOurWay, type Probe } from './probe.ts'
import type { ProbeBudget } from './probe-budget.ts'
import { probeIntervalMs } from './probe-interval.ts'
import type { OpenTunnel, Opening, TunnelFailure, TunnelProvider } from './provider.ts'
import { probeRetryDelayMs, retryDelayMs } from './retry-delay.ts'
import { afterword, NEVER, outOfProbes, silentProvider, supervisionFailed } from './supervisor-words.ts'

/** A provider that has not answered by then is told as silent; it is asked anew when the next opening is due. */
const SILENT_AFTER_MS = 5_000

/** Deliveries prove the loop as well as a probe, and yet may have found another way: so often they take a probe's place. */
const MOST_POSTPONED = 3

/** Timers may fire a little before the time of day is there. */
const LATE_MS = 50

/** Nobody waits so long for a light to change without being told. */
const LONG_MS = 2 * 60_000

/** Where the budget that said there is a probe left gives none after all. */
const SOON_MS = 1_000

/** A tunnel that breaks again before this time is opened more and more slowly: a flapping one would cost a probe each second. */
const HELD_MS = 60_000

export interface SupervisorParts {
  readonly provider: TunnelProvider
  readonly kind: Exclude<Reach['provider'], 'none'>
  readonly probe: Probe
  readonly budget: ProbeBudget
  readonly clock: Clock
  readonly log: Log
  /** A public address was proven that is not the one that was proven before. */
  readonly onReachable: (address: string) => void
}

/** A tunnel that is kept alive and proven. */
export interface Supervisor {
  reach(): Reach
  /** Since when it has been reachable without a break (ms since 1970); null: it is not. */
  reachableSince(): number | null
  start(): void
  /** The machine woke or the network came back: what was proven before counts no more, and the tunnel is opened anew. */
  lookNow(): void
  /**
   * A signed delivery came: proof, as a probe is, unless a probe found something else at the address. False where it did,
   * where no tunnel is open, or where no probe has told anything yet: then the delivery teaches nothing of the address.
   */
  delivered(arrival: Arrival): boolean
  stop(): Promise<void>
}

/**
 * Why a tunnel is held no more; `failure` null: not for its own sake. `heldMs`: since the first proof, up to the failure; what
 * was never proven has held for nothing, however long it stood open. `hasWaited`: the next opening is due already.
 */
interface End {
  readonly failure: TunnelFailure | null
  readonly heldMs: number
  readonly hasWaited?: boolean
}

type Interrupting = { readonly kind: 'look' | 'stop' } | { readonly kind: 'lost'; readonly failure: TunnelFailure }

/**
 * open → prove → hold, and from the beginning after each end: lost, a failed probe, or a look that somebody asked for.
 * A failed probe is told until something came through the public address, so the light does not flicker while it is tried
 * again; and nothing is reachable that was not proven since the opening.
 */
export const createSupervisor = (parts: SupervisorParts): Supervisor => {
  const { provider, probe, budget, clock, log } = parts
  const interruption = createInterruption<Interrupting>(clock)
  let isStopped = false
  let running: Promise<void> = Promise.resolve()
  let tunnel: OpenTunnel | null = null
  let address: string | null = null
  let told: TunnelFailure | null = null
  /** Null: nothing came through since it opened. */
  let provenSince: number | null = null
  let provenAt: number | null = null
  let announced: string | null = null
  /** Of the present tunnel. */
  let proofs = 0
  let firstProofMs = 0
  let failures = 0
  let deliveries = 0
  let probedAddress: string | null = null
  /** When the next probe follows one that failed (ms since 1970), where that is long; null: soon, or none failed. */
  let retryAt: number | null = null
  let came = NEVER
  /** The newest probe that did not come back from the present tunnel; null: it did, or none was sent. */
  let refuted: TunnelFailure | null = null

  const tell = (failure: TunnelFailure): void => {
    // What came while all was well says nothing of what is wrong now.
    if (provenSince !== null) came = { ...came, uncertainAt: null }
    provenSince = null
    if (told?.message !== failure.message) log.warn({ code: failure.code, tunnel: provider.name }, failure.message)
    told = failure
  }

  const proven = (): void => {
    if (tunnel === null) return
    if (provenSince === null) log.info({ address: tunnel.address }, 'Notion can reach this computer')
    told = null
    provenAt = clock.now()
    provenSince ??= provenAt
    if (proofs === 0) firstProofMs = clock.monotonicMs()
    proofs += 1
    if (announced === tunnel.address) return
    announced = tunnel.address
    parts.onReachable(tunnel.address)
  }

  /** `given` is aborted when the tunnel is no more wanted: what it reports then says nothing. */
  const open = async (given: AbortController): Promise<OpenTunnel | End> => {
    let silence = silentProvider(provider.name)
    let isSilent = false
    let isAnswered = false
    const onLost = (failure: TunnelFailure): void => {
      if (!given.signal.aborted) interruption.raise({ kind: 'lost', failure })
    }
    const onWaiting = (failure: TunnelFailure): void => {
      if (isAnswered || given.signal.aborted) return
      silence = failure
      if (isSilent) tell(silence)
    }
    const opening = provider.open({ signal: given.signal, onLost, onWaiting }).catch((error: unknown): Opening => {
      return { ok: false, failure: { code: 'internal', message: `${provider.name} failed: ${errorText(error)}.` } }
    })
    void opening.then(() => {
      isAnswered = true
    })
    let answer = await interruption.race(opening, SILENT_AFTER_MS)
    if (answer.kind === 'time') {
      isSilent = true
      tell(silence)
      // On a slow way it may still open, until it would be asked anew.
      answer = await interruption.race(opening, retryDelayMs(failures))
    }
    if (answer.kind === 'done') {
      const { value } = answer
      return value.ok ? value.tunnel : { failure: value.failure, heldMs: 0 }
    }
    given.abort()
    // What opens all the same would stand in the way of the next one.
    void opening.then((late) => (late.ok ? late.tunnel.close() : undefined))
    return answer.kind === 'time' ? { failure: silence, heldMs: 0, hasWaited: true } : { failure: null, heldMs: 0 }
  }

  const heldMs = (): number => (proofs === 0 ? 0 : clock.monotonicMs() - firstProofMs)
  const failuresBefore = (end: Pick<End, 'heldMs'>): number => (end.heldMs >= HELD_MS ? 0 : failures)

  /** Until it is lost, a probe fails, or somebody wants a look. */
  const hold = async (held: OpenTunnel): Promise<End> => {
    const endBy = (by: Interrupting): End => ({ failure: by.kind === 'lost' ? by.failure : null, heldMs: heldMs() })
    const nextLookAt = (): number => clock.monotonicMs() + probeIntervalMs(proofs, budget)
    let dueAt = clock.monotonicMs()
    let postponed = 0
    let seen = deliveries
    for (;;) {
      const outMs = budget.waitMs()
      const waitMs = Math.max(dueAt - clock.monotonicMs(), outMs === 0 ? 0 : outMs + LATE_MS)
      if (waitMs > 0) {
        const interrupted = await interruption.wait(waitMs)
        if (interrupted !== null) return endBy(interrupted)
      }
      if (deliveries > seen && provenSince !== null && postponed < MOST_POSTPONED) {
        postponed += 1
        seen = deliveries
        dueAt = nextLookAt()
        continue
      }
      if (!budget.take()) {
        dueAt = clock.monotonicMs() + SOON_MS
        continue
      }
      postponed = 0
      seen = deliveries
      const sent = await interruption.race(probe.send(held.address), null)
      if (sent.kind === 'interrupted') return endBy(sent.by)
      const failure = sent.kind === 'done' ? sent.value : null
      if (failure === null) {
        probedAddress = held.address
        refuted = null
        proven()
      } else if (!isOfOurWay(failure) || deliveries === seen || provenSince === null) {
        refuted = failure
        tell(failure)
        const end = { failure, heldMs: heldMs(), hasWaited: true }
        const delayMs = probeRetryDelayMs(failuresBefore(end), budget)
        retryAt = delayMs > LONG_MS ? clock.now() + delayMs : null
        // It stays open meanwhile: deliveries may come although our own way there is broken.
        const interrupted = await interruption.wait(delayMs)
        retryAt = null
        if (interrupted !== null) return { ...endBy(interrupted), heldMs: end.heldMs }
        if (provenSince === null) return end
      }
      dueAt = nextLookAt()
    }
  }

  const once = async (): Promise<End> => {
    const given = new AbortController()
    const opened = await open(given)
    if ('heldMs' in opened) return opened
    tunnel = opened
    if (tunnel.address !== address) came = NEVER
    ;({ address } = tunnel)
    proofs = 0
    // What kept it from opening is over; what a probe found is not, before one comes back.
    if (refuted === null) told = null
    try {
      return await hold(tunnel)
    } finally {
      if (provenSince !== null) came = { ...came, uncertainAt: null }
      provenSince = null
      tunnel = null
      given.abort()
      await opened.close()
    }
  }

  /** A fault of ours must not end the supervision: it is told, and tried again like any other. */
  const onceSafely = (): Promise<End> =>
    once().catch((error: unknown) => ({ failure: supervisionFailed(error), heldMs: 0 }))

  const run = async (): Promise<void> => {
    while (!isStopped) {
      const end = await onceSafely()
      const before = failuresBefore(end)
      failures = end.failure === null ? 0 : before + 1
      if (end.failure === null) continue
      tell(end.failure)
      if (end.hasWaited !== true && (await interruption.wait(retryDelayMs(before))) !== null) failures = 0
    }
  }

  const view = (): Pick<Reach, 'state' | 'message'> => {
    if (provenSince !== null && tunnel !== null) {
      return { state: 'reachable', message: tunnel.warning?.() ?? probe.warning(tunnel.address) }
    }
    if (told !== null) {
      const after = afterword({ ...came, retryAt, now: clock.now() }, tunnel !== null && isOfOurWay(told))
      return { state: 'unreachable', message: `${told.message}${after}` }
    }
    if (tunnel === null) return { state: 'opening', message: null }
    const waitMs = budget.waitMs()
    return { state: 'checking', message: waitMs === 0 ? null : outOfProbes(address, clock.now() + waitMs) }
  }

  return {
    reach: () => ({
      provider: parts.kind,
      ...view(),
      address,
      provenAt: provenAt === null ? null : isoTime(provenAt),
    }),
    reachableSince: () => provenSince,
    start: () => {
      running = run()
    },
    lookNow: () => {
      provenSince = null
      refuted = null
      told = null
      came = NEVER
      interruption.raise({ kind: 'look' })
    },
    delivered: (arrival) => {
      if (tunnel === null) return false
      if (arrival === 'unplaced') {
        came = { ...came, uncertainAt: clock.now() }
        return false
      }
      deliveries += 1
      // What ngrok itself said of the address is over when something comes by it; who else answers there may do so still.
      const isOver = refuted !== null && isOfNgrok(refuted) && arrival === 'here'
      if (refuted !== null && !isOfOurWay(refuted) && !isOver) return false
      // Until a probe has told what is at the address, a path that was mistaken looks like the right one.
      const isTold = refuted !== null || probedAddress === tunnel.address
      if (isOver) refuted = null
      if (arrival !== 'unknown' || probedAddress === tunnel.address) proven()
      came = { ...came, [arrival === 'unknown' ? 'uncertainAt' : 'deliveredAt']: clock.now() }
      return isTold
    },
    stop: async () => {
      isStopped = true
      interruption.raise({ kind: 'stop' })
      await running
    },
  }
}
