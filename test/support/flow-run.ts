import { createFlow } from '../../electron/engine/worker/flow.ts'
import type { Failure } from '../../shared/failures.ts'
import { endOfTurn } from './end-of-turn.ts'
import { createManualClock } from './manual-clock.ts'
import { createRecordedLog } from './recorded-log.ts'

export const unreachable: Failure = {
  kind: 'transient',
  code: 'unreachable',
  message: 'Notion cannot be reached.',
  stops: 'notion',
}

export const full: Failure = { kind: 'transient', code: 'ENOSPC', message: 'The disk refuses: ENOSPC.', stops: 'disk' }

/** A flow whose probes are answered by the test, at once unless they are held. */
export const createFlowRun = () => {
  const clock = createManualClock()
  const log = createRecordedLog()
  const state = {
    pause: null as { readonly until: number | null } | null,
    rateLimitedUntil: null as number | null,
    probes: 0,
    opened: 0,
    refunded: [] as (readonly number[])[],
    answer: (): Promise<Failure | null> => Promise.resolve(unreachable),
    diskProbes: 0,
    diskAnswer: (): Promise<Failure | null> => Promise.resolve(full),
  }
  const flow = createFlow({
    clock,
    log,
    pause: { get: () => state.pause },
    rateLimitedUntil: () => state.rateLimitedUntil,
    probe: () => {
      state.probes += 1
      return state.answer()
    },
    probeDisk: () => {
      state.diskProbes += 1
      return state.diskAnswer()
    },
    refund: (jobIds) => {
      state.refunded.push(jobIds)
    },
    onOpen: () => {
      state.opened += 1
    },
  })
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms)
    await endOfTurn()
  }
  return { flow, clock, log, state, pass }
}
