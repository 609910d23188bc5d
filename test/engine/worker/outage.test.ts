import { describe, expect, test } from 'vitest'
import { failureOfRefusal, failureOfSilence } from '../../../electron/engine/notion/failures.ts'
import { createOutageWatch, DISK_OUTAGE, NOTION_OUTAGE } from '../../../electron/engine/worker/outage.ts'
import type { Failure } from '../../../shared/failures.ts'

const refusal = (status: number, code: string): Failure =>
  failureOfRefusal({ kind: 'refused', status, code, message: 'no', retryAfterMs: null, additionalData: {} })

const lost = failureOfSilence({ kind: 'no-answer', reason: 'cut', detail: 'other side closed' })
const timeOut = failureOfSilence({ kind: 'no-answer', reason: 'time-out', detail: '' })
const unreachable = failureOfSilence({ kind: 'no-answer', reason: 'network', detail: 'ENOTFOUND' })
const unavailable = refusal(503, 'service_unavailable')

const full: Failure = { kind: 'transient', code: 'ENOSPC', message: 'The disk refuses.', stops: 'disk' }

const OWN = { isFree: false, begins: null, refunded: [] }
const FREE = { isFree: true, begins: null, refunded: [] }
const failing = (refunded: readonly number[]) => ({ isFree: true, begins: 'failing', refunded })
/** It begins with the attempt of a suspect, who pays. */
const failingAtOwnCost = (refunded: readonly number[]) => ({ isFree: false, begins: 'failing', refunded })
const GOES_ON = { isOver: false, refunded: [] }
const OVER = { isOver: true, refunded: [] }

describe('what says that Notion cannot answer anybody', () => {
  test.each<[string, Failure]>([
    ['no connection', unreachable],
    ['a connection that broke off', lost],
    ['a time-out', timeOut],
    ['a 500', refusal(500, 'internal_server_error')],
    ['a 502 of a proxy, as HTML', refusal(502, 'unreadable_answer')],
    ['a 503', unavailable],
    ['a 503 with a code that nobody knew before', refusal(503, 'database_connection_unavailable')],
    ['a 504', refusal(504, 'gateway_timeout')],
  ])('%s does', (_, failure) => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    const begun = [1, 2, 3].map((page) => watch.ended(`page:${page}`, page, failure).begins)
    expect(begun.some((begins) => begins !== null)).toBe(true)
  })

  test.each<[string, Failure]>([
    ['an object that is not found', refusal(404, 'object_not_found')],
    ['a token that is not accepted', refusal(401, 'unauthorized')],
    ['a conflict at Notion', refusal(409, 'conflict_error')],
    ['a conflict of our own', { kind: 'transient', code: 'conflict', message: '' }],
    ['a full disk', full],
    ['a database that is locked', { kind: 'transient', code: 'ERR_SQLITE_ERROR', message: '' }],
    ['a lagging server', { kind: 'transient', code: 'older_state', message: '' }],
    ['what nobody thought of', { kind: 'transient', code: 'something_new', message: '' }],
    ['a bug', { kind: 'permanent', code: 'internal', message: '' }],
  ])('%s does not', (_, failure) => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    for (const page of [1, 2, 3, 4]) expect(watch.ended(`page:${page}`, page, failure)).toEqual(OWN)
  })
})

test('being offline shows at the first attempt', () => {
  expect(createOutageWatch(NOTION_OUTAGE).ended('page:1', 1, unreachable)).toEqual({
    isFree: true,
    begins: 'offline',
    refunded: [],
  })
})

test('a connection that broke off is one page’s, as often as it happens to it', () => {
  const watch = createOutageWatch(NOTION_OUTAGE)
  for (let nth = 1; nth <= 9; nth += 1) expect(watch.ended('page:1', 1, lost)).toEqual(OWN)
})

describe('a Notion that fails', () => {
  test('is an outage at the third page in a row, and the two before share it', () => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    expect(watch.ended('page:1', 11, unavailable)).toEqual(OWN)
    expect(watch.ended('page:2', 12, timeOut)).toEqual(OWN)
    expect(watch.ended('page:3', 13, lost)).toEqual(failing([11, 12]))
  })

  test('is none while it fails for the same two pages, however often; then every one of these attempts is shared', () => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    for (const page of [1, 2, 2, 1, 2]) expect(watch.ended(`page:${page}`, page, unavailable)).toEqual(OWN)
    expect(watch.ended('page:3', 3, unavailable)).toEqual(failing([1, 2, 2, 1, 2]))
  })

  test.each<[string, Failure | null]>([
    ['a success', null],
    ['an object that is not found', refusal(404, 'object_not_found')],
    ['a conflict', refusal(409, 'conflict_error')],
    ['a disk that refuses', full],
  ])('is none when %s comes in between: the row begins anew', (_, between) => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    watch.ended('page:1', 1, unavailable)
    watch.ended('page:2', 2, unavailable)
    expect(watch.ended('page:3', 3, between)).toEqual(OWN)
    expect(watch.ended('page:4', 4, unavailable)).toEqual(OWN)
    expect(watch.ended('page:5', 5, unavailable)).toEqual(OWN)
    expect(watch.ended('page:6', 6, unavailable)).toEqual(failing([4, 5]))
  })

  test('has to fail for three pages again after an outage, and nobody is given the same attempt back twice', () => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    for (const page of [1, 2, 3]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.probed(unavailable)).toEqual(GOES_ON)
    expect(watch.probed(null)).toEqual(OVER)
    expect(watch.ended('page:1', 1, unavailable)).toEqual(OWN)
    expect(watch.ended('page:4', 4, unavailable)).toEqual(OWN)
    expect(watch.ended('page:2', 2, unavailable)).toEqual(failing([1, 4]))
  })

  test('and then cannot be reached at all did so for one reason: what failed just before costs nothing either', () => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    watch.ended('page:1', 1, timeOut)
    expect(watch.ended('page:2', 2, unreachable)).toEqual({ isFree: true, begins: 'offline', refunded: [1] })
  })
})

/** Pages 1, 2 and 3 failed in a row, and Notion answered the first probe. */
const contradicted = () => {
  const watch = createOutageWatch(NOTION_OUTAGE)
  for (const page of [1, 2, 3]) watch.ended(`page:${page}`, page, unavailable)
  expect(watch.probed(null)).toEqual(OVER)
  return watch
}

describe('pages that Notion failed for, while it answered the first probe,', () => {
  test('pay from then on; their row is an outage all the same', () => {
    const watch = contradicted()
    for (let round = 1; round <= 3; round += 1) {
      expect(watch.ended('page:1', 1, unavailable)).toEqual(OWN)
      expect(watch.ended('page:2', 2, timeOut)).toEqual(OWN)
      expect(watch.ended('page:3', 3, lost)).toEqual(failingAtOwnCost([]))
      expect(watch.probed(null)).toEqual(OVER)
    }
  })

  test('pay alone: a page that is new in their row costs nothing, wherever it stands in it', () => {
    for (const place of [0, 1, 2]) {
      const watch = contradicted()
      const row = [1, 2].toSpliced(place, 0, 4)
      const verdicts = row.map((page) => watch.ended(`page:${page}`, page, unavailable))
      expect(verdicts.slice(0, 2)).toEqual([OWN, OWN])
      expect(verdicts[2]).toEqual(place === 2 ? failing([]) : failingAtOwnCost([4]))
    }
  })

  test('get back what they paid when the next outage is proven by its first probe, each as often as it failed', () => {
    const watch = contradicted()
    for (const page of [1, 2, 2, 3]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.ended('page:1', 1, timeOut)).toEqual(OWN)
    expect(watch.probed(unavailable)).toEqual({ isOver: false, refunded: [1, 2, 2, 3, 1] })
    expect(watch.probed(unavailable)).toEqual(GOES_ON)
  })

  test('pay nothing once it is proven, nor for being offline, nor for what failed just before that', () => {
    const watch = contradicted()
    watch.ended('page:1', 1, unavailable)
    expect(watch.ended('page:2', 2, unreachable)).toEqual({ isFree: true, begins: 'offline', refunded: [1] })
    expect(watch.ended('page:3', 3, timeOut)).toEqual(FREE)
    expect(watch.probed(null)).toEqual(OVER)
    for (const page of [1, 2, 3]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.probed(timeOut)).toMatchObject({ refunded: [1, 2, 3] })
    expect(watch.ended('page:1', 1, timeOut)).toEqual(FREE)
  })

  test('pay no longer when an attempt of theirs ended in another way', () => {
    for (const end of [null, refusal(404, 'object_not_found')]) {
      const watch = contradicted()
      watch.ended('page:1', 1, end)
      for (const page of [2, 3]) watch.ended(`page:${page}`, page, unavailable)
      expect(watch.ended('page:1', 1, unavailable)).toEqual(failing([]))
    }
  })
})

describe('what was under way when Notion began to fail', () => {
  test('costs nothing, and is among the suspects if Notion answers the first probe', () => {
    const watch = createOutageWatch(NOTION_OUTAGE)
    for (const page of [1, 2, 3]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.ended('page:4', 4, timeOut)).toEqual(FREE)
    watch.probed(null)
    for (const page of [4, 5]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.ended('page:6', 6, unavailable)).toEqual(failing([5]))
  })

  test('proves the outage when it finds Notion out of reach: then nobody is a suspect', () => {
    const watch = contradicted()
    for (const page of [1, 2, 4]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.ended('page:5', 5, unreachable)).toEqual({ isFree: true, begins: null, refunded: [1, 2] })
    watch.probed(null)
    for (const page of [4, 5]) watch.ended(`page:${page}`, page, unavailable)
    expect(watch.ended('page:6', 6, unavailable)).toEqual(failing([4, 5]))
  })
})

test('pages that failed in an outage that a probe has proven are no suspects after it', () => {
  const watch = createOutageWatch(NOTION_OUTAGE)
  for (const page of [1, 2, 3]) watch.ended(`page:${page}`, page, unavailable)
  watch.probed(timeOut)
  expect(watch.ended('page:4', 4, unavailable)).toEqual(FREE)
  expect(watch.probed(refusal(401, 'unauthorized'))).toEqual(OVER)
  for (const page of [1, 2]) watch.ended(`page:${page}`, page, unavailable)
  expect(watch.ended('page:4', 4, unavailable)).toEqual(failing([1, 2]))
})

describe('a disk that refuses', () => {
  test('does so for all from the first page on, which pays nothing', () => {
    const watch = createOutageWatch(DISK_OUTAGE)
    expect(watch.ended('page:1', 1, unavailable)).toEqual(OWN)
    expect(watch.ended('page:2', 2, full)).toEqual(failing([]))
    expect(watch.ended('page:3', 3, full)).toEqual(FREE)
    expect(watch.probed(full)).toEqual(GOES_ON)
    expect(watch.probed(null)).toEqual(OVER)
    expect(watch.ended('page:2', 2, full)).toEqual(failing([]))
  })

  test('for one page while it takes the probe makes this page pay, until it is written', () => {
    const watch = createOutageWatch(DISK_OUTAGE)
    watch.ended('page:1', 1, full)
    expect(watch.probed(null)).toEqual(OVER)
    expect(watch.ended('page:1', 1, full)).toEqual(failingAtOwnCost([]))
    expect(watch.probed(full)).toEqual({ isOver: false, refunded: [1] })
    watch.probed(null)
    watch.ended('page:1', 1, null)
    expect(watch.ended('page:1', 1, full)).toEqual(failing([]))
  })
})
