import { describe, expect, test } from 'vitest'
import { failureOfRefusal, failureOfSilence } from '../../../electron/engine/notion/failures.ts'
import { createOutageWatch, isOutageFailure } from '../../../electron/engine/worker/outage.ts'
import type { Failure } from '../../../shared/failures.ts'

const refusal = (status: number, code: string): Failure =>
  failureOfRefusal({ kind: 'refused', status, code, message: 'no', retryAfterMs: null, additionalData: {} })

const timeOut = failureOfSilence({ kind: 'no-answer', reason: 'time-out', detail: '' })
const unreachable = failureOfSilence({ kind: 'no-answer', reason: 'network', detail: 'ENOTFOUND' })
const unavailable = refusal(503, 'service_unavailable')

const OWN = { kind: 'own' }
const failing = (sharedBy: readonly number[]) => ({ kind: 'outage', outage: 'failing', sharedBy })

describe('what says that Notion cannot answer anybody', () => {
  test.each<[string, Failure]>([
    ['no connection', unreachable],
    ['a time-out', timeOut],
    ['a 500', refusal(500, 'internal_server_error')],
    ['a 502 of a proxy, as HTML', refusal(502, 'unreadable_answer')],
    ['a 503', unavailable],
    ['a 503 with a code that nobody knew before', refusal(503, 'database_connection_unavailable')],
    ['a 504', refusal(504, 'gateway_timeout')],
  ])('%s does', (_, failure) => {
    expect(isOutageFailure(failure)).toBe(true)
  })

  test.each<[string, Failure]>([
    ['an object that is not found', refusal(404, 'object_not_found')],
    ['a token that is not accepted', refusal(401, 'unauthorized')],
    ['a conflict at Notion', refusal(409, 'conflict_error')],
    ['a conflict of our own', { kind: 'transient', code: 'conflict', message: '' }],
    ['a full disk', { kind: 'transient', code: 'ENOSPC', message: '' }],
    ['a database that is locked', { kind: 'transient', code: 'ERR_SQLITE_ERROR', message: '' }],
    ['a bug', { kind: 'permanent', code: 'internal', message: '' }],
  ])('%s does not', (_, failure) => {
    expect(isOutageFailure(failure)).toBe(false)
  })
})

test('being offline shows at the first attempt', () => {
  expect(createOutageWatch().ended('page:1', 1, unreachable)).toEqual({
    kind: 'outage',
    outage: 'offline',
    sharedBy: [],
  })
})

describe('a Notion that fails', () => {
  test('is an outage at the third page in a row, and the two before share it', () => {
    const watch = createOutageWatch()
    expect(watch.ended('page:1', 11, unavailable)).toEqual(OWN)
    expect(watch.ended('page:2', 12, timeOut)).toEqual(OWN)
    expect(watch.ended('page:3', 13, unavailable)).toEqual(failing([11, 12]))
  })

  test('is none while it fails for the same two pages, however often; then every one of these attempts is shared', () => {
    const watch = createOutageWatch()
    for (const page of [1, 2, 2, 1, 2]) expect(watch.ended(`page:${page}`, page, unavailable)).toEqual(OWN)
    expect(watch.ended('page:3', 3, unavailable)).toEqual(failing([1, 2, 2, 1, 2]))
  })

  test.each<[string, Failure | null]>([
    ['a success', null],
    ['an object that is not found', refusal(404, 'object_not_found')],
    ['a conflict', refusal(409, 'conflict_error')],
    ['a disk that refuses', { kind: 'transient', code: 'ENOSPC', message: '' }],
  ])('is none when %s comes in between: the row begins anew', (_, between) => {
    const watch = createOutageWatch()
    watch.ended('page:1', 1, unavailable)
    watch.ended('page:2', 2, unavailable)
    expect(watch.ended('page:3', 3, between)).toEqual(OWN)
    expect(watch.ended('page:4', 4, unavailable)).toEqual(OWN)
    expect(watch.ended('page:5', 5, unavailable)).toEqual(OWN)
    expect(watch.ended('page:6', 6, unavailable)).toEqual(failing([4, 5]))
  })

  test('has to fail for three pages again after an outage, and nobody is given the same attempt back twice', () => {
    const watch = createOutageWatch()
    for (const page of [1, 2, 3]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.ended('page:1', 1, unavailable)).toEqual(OWN)
    expect(watch.ended('page:4', 4, unavailable)).toEqual(OWN)
    expect(watch.ended('page:2', 2, unavailable)).toEqual(failing([1, 4]))
  })

  test('and then cannot be reached at all did so for one reason: what failed just before costs nothing either', () => {
    const watch = createOutageWatch()
    watch.ended('page:1', 1, timeOut)
    expect(watch.ended('page:2', 2, unreachable)).toEqual({ kind: 'outage', outage: 'offline', sharedBy: [1] })
  })
})
