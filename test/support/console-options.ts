import type { ConsoleOptions } from '../../electron/console/console.ts'
import type { CallHandlers } from '../../shared/bridge.ts'
import { engineStatus } from './engine-status.ts'
import { createRecordedLog } from './recorded-log.ts'

/** A console over an engine that is at rest and has no jobs. */
export const consoleOptions = (changes: Partial<ConsoleOptions> = {}): ConsoleOptions => ({
  port: 0,
  where: 'console.port',
  status: () => engineStatus(),
  metrics: () => Promise.resolve(''),
  token: 'a-token-that-only-this-user-can-read',
  calls: emptyCalls(),
  log: createRecordedLog(),
  redact: (text) => text,
  ...changes,
})

export const emptyCalls = (changes: Partial<CallHandlers> = {}): CallHandlers => ({
  jobs: () => Promise.resolve({ jobs: [], next: null }),
  count: () => Promise.resolve({ count: 0, until: 0 }),
  retry: () => Promise.resolve({ retried: 0 }),
  discard: () => Promise.resolve({ discarded: 0 }),
  undo: () => Promise.resolve({ restored: 0 }),
  pause: () => Promise.resolve({ paused: true }),
  pairing: () => Promise.resolve({ until: null, tokens: [], isPaired: false, confirmed: null }),
  'open-pairing': () => Promise.resolve({ refused: null }),
  'confirm-pairing': () => Promise.resolve({ refused: null }),
  'keep-token': () => Promise.resolve({ refused: null, given_by: null, is_encrypted: false }),
  disconnect: () => Promise.resolve({ refused: null }),
  resume: () => Promise.resolve({ paused: false }),
  'wait-idle': () => Promise.resolve({ idle: true, unwritten: [] }),
  diagnose: () => Promise.resolve({ checks: [], files: [] }),
  ...changes,
})
