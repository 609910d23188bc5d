import { expect, test } from 'vitest'
import { statusText, unreadStatusText } from '../../electron/console/status-text.ts'
import { engineStatus } from '../support/engine-status.ts'

test('a person reads every number under its name', () => {
  const text = statusText(
    engineStatus({
      lastEventAt: '2026-11-23T12:00:00.000Z',
      jobs: { waiting: 1, delayed: 2, active: 3, completed: 4, failed: 5, held: 6, discarded: 7 },
      metrics: {
        events_received: 11,
        events_processed: 12,
        events_failed: 13,
        events_ignored: 14,
        events_duplicate: 15,
        processing_time: { p50_ms: 1.5, p95_ms: 20, p99_ms: 300 },
      },
    }),
  )
  expect(text).toBe(`Blackcore Sync    healthy
Workspace         Acme
From Notion       no tunnel; only a catch-up brings changes
Last event        2026-11-23T12:00:00.000Z

Waiting           1
Delayed           2
Active            3
Failed            5

Events received   11
  processed       12
  failed          13
  ignored         14
  duplicate       15
Processing time   1.5 ms (p50), 20 ms (p95), 300 ms (p99)
`)
})

test('what is not known yet is said in words', () => {
  const text = statusText(engineStatus({ workspaceName: null }))
  expect(text).toContain('Workspace         not connected yet\n')
  expect(text).toContain('Last event        none yet\n')
  expect(text).not.toContain('null')
})

test('what is wrong stands at the end, and after it what is only worth knowing, one line each', () => {
  const problems = [
    { code: 'b', severity: 'notice', message: 'Triggers are not run yet: x.' },
    { code: 'a', severity: 'failure', message: 'Notion cannot be reached.' },
  ] as const
  const text = statusText(engineStatus({ state: 'degraded', problems: [...problems] }))
  expect(text).toMatch(
    /\n\nWhat is wrong\n- Notion cannot be reached\.\n\nWhat to know\n- Triggers are not run yet: x\.\n$/,
  )
  expect(statusText(engineStatus())).not.toContain('What')
})

test('what cannot be read is degraded, with the reason as the one thing to know', () => {
  expect(unreadStatusText('The disk is gone.')).toBe(`Blackcore Sync    degraded

What is wrong
- The disk is gone.
`)
})
