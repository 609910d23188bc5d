import type { EngineStatus } from '../../shared/status.ts'

/** The status of an engine that has just started and has nothing to do, but for the given parts. */
export const engineStatus = (parts: Partial<EngineStatus> = {}): EngineStatus => ({
  state: 'healthy',
  isPaired: true,
  workspaceName: 'Acme',
  isCatchUpDue: false,
  reach: { provider: 'none', state: 'off', address: null, provenAt: null, message: null },
  jobs: { waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0, held: 0, discarded: 0 },
  metrics: {
    events_received: 0,
    events_processed: 0,
    events_failed: 0,
    events_ignored: 0,
    events_duplicate: 0,
    processing_time: { p50_ms: 0, p95_ms: 0, p99_ms: 0 },
  },
  lastEventAt: null,
  problems: [],
  ...parts,
})
