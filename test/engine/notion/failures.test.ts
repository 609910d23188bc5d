import { describe, expect, test } from 'vitest'
import {
  failureOfRefusal,
  failureOfSilence,
  isAboutObject,
  isRateLimit,
  type NotionFailure,
  unexpectedShape,
} from '../../../electron/engine/notion/failures.ts'
import { refusal } from '../../support/scripted-requests.ts'

const BLOCKED = { additionalData: { rate_limit_reason: 'public_api_request_blocked' } }

type Row = readonly [status: number, code: string, kind: NotionFailure['kind'], about: NotionFailure['about']]

const ROWS: readonly Row[] = [
  [400, 'validation_error', 'permanent', 'request'],
  [400, 'invalid_request_url', 'permanent', 'way'],
  [400, 'invalid_json', 'permanent', 'way'],
  [400, 'missing_version', 'permanent', 'way'],
  [401, 'unauthorized', 'permanent', 'token'],
  [403, 'restricted_resource', 'permanent', 'denied object'],
  [404, 'object_not_found', 'permanent', 'missing object'],
  [409, 'conflict_error', 'transient', 'way'],
  [418, 'constructor', 'permanent', 'way'],
  [429, 'rate_limited', 'rate-limited', 'way'],
  [500, 'internal_server_error', 'transient', 'way'],
  [502, 'unreadable_answer', 'transient', 'way'],
  [503, 'service_unavailable', 'transient', 'way'],
  [504, 'gateway_timeout', 'transient', 'way'],
  [529, 'service_overload', 'rate-limited', 'way'],
]

describe('a refusal', () => {
  test.each(ROWS)('%i %s is %s and speaks of: %s', (status, code, kind, about) => {
    const failure = failureOfRefusal(refusal(status, code))
    expect(failure).toMatchObject({ kind, code, about })
    expect(failure.message).toMatch(/^Notion.{20,}\.$|^Notion.*as Notion puts it$/)
  })

  test.each([429, 529])('with status %i asks everybody to wait, whatever its body says', (status) => {
    expect(isRateLimit(refusal(status, 'unreadable_answer'))).toBe(true)
    expect(failureOfRefusal(refusal(status, 'unreadable_answer')).kind).toBe('rate-limited')
  })

  test.each([403, 429, 529])(
    'that blocks the connection (status %i) is permanent and asks nobody to wait',
    (status) => {
      const blocked = refusal(status, 'rate_limited', BLOCKED)
      expect(isRateLimit(blocked)).toBe(false)
      expect(failureOfRefusal(blocked)).toMatchObject({
        kind: 'permanent',
        code: 'public_api_request_blocked',
        about: 'way',
      })
    },
  )

  test('of Notion’s own words keeps them where we have no better ones', () => {
    expect(failureOfRefusal(refusal(400, 'missing_version')).message).toContain('as Notion puts it')
  })
})

test('Only what is missing or denied speaks of the object that was asked for', () => {
  const speakers = ROWS.filter(([status, code]) => isAboutObject(failureOfRefusal(refusal(status, code))))
  expect(speakers.map(([, code]) => code)).toEqual(['restricted_resource', 'object_not_found'])
})

describe('silence', () => {
  const silence = (reason: 'time-out' | 'network' | 'cut', detail: string): NotionFailure =>
    failureOfSilence({ kind: 'no-answer', reason, detail })

  test.each([
    ['time-out', 'no_answer', 'in time'],
    ['network', 'unreachable', 'cannot be reached: connect ECONNREFUSED. Check the network.'],
    ['cut', 'connection_lost', 'broke off before the answer was complete: connect ECONNREFUSED.'],
  ] as const)('for its reason (%s) is transient, %s, in plain words', (reason, code, words) => {
    const failure = silence(reason, 'connect ECONNREFUSED')
    expect(failure).toMatchObject({ kind: 'transient', code, about: 'way' })
    expect(failure.message).toContain(words)
  })
})

test('Silence behind a proxy says what else may be the reason', () => {
  const besides = 'The way leads through the proxy.'
  const told = (reason: 'time-out' | 'network' | 'cut'): string =>
    failureOfSilence({ kind: 'no-answer', reason, detail: 'reset', besides }).message
  for (const reason of ['time-out', 'network', 'cut'] as const)
    expect(told(reason)).toMatch(/\. The way leads through the proxy\.$/)
})

test('An answer of another shape is permanent: asking again would give it again', () => {
  expect(unexpectedShape('page')).toMatchObject({ kind: 'permanent', code: 'unexpected_answer', about: 'way' })
})
