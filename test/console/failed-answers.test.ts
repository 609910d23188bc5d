import { describe, expect, test } from 'vitest'
import { createFailedAnswers } from '../../electron/console/failed-answers.ts'
import { createRecordedLog } from '../support/recorded-log.ts'
import { redactorOf } from '../support/redactor-of.ts'

const FULL = Object.assign(new Error('no space left for MY-SECRET'), { code: 'ENOSPC' })
const REFUSED = 'the disk refuses (no space left for [hidden]). Check its space and its permissions, then try again.'

const create = () => {
  const log = createRecordedLog()
  return { log, failed: createFailedAnswers({ log, redact: redactorOf('MY-SECRET').redact }) }
}

describe('a call that failed', () => {
  test('at the disk is told with the reason and what to do, without a secret, and logged each time', () => {
    const { log, failed } = create()
    expect(failed.call('pause', FULL)).toEqual({ status: 503, sentence: `This was not done: ${REFUSED}` })
    failed.call('pause', FULL)
    const line = { level: 'error', fields: { call: 'pause', error: FULL.message }, message: 'A call failed' }
    expect(log.lines).toEqual([line, line])
  })

  test('for a bug is told as that, and the log says where the bug is', () => {
    const { log, failed } = create()
    const bug = new TypeError('nothing is there')
    expect(failed.call('jobs', bug)).toEqual({
      status: 500,
      sentence:
        'This was not done: the program failed (nothing is there). Try again; if it stays so, give somebody who helps the bundle of "diagnose --bundle FILE.zip".',
    })
    expect(log.lines).toMatchObject([{ fields: { call: 'jobs', error: 'nothing is there', stack: bug.stack } }])
  })
})

describe('how things stand', () => {
  test('where it cannot be read is told each time, and logged once for each reason, until it can be read again', () => {
    const { log, failed } = create()
    const other = Object.assign(new Error('the medium is broken'), { code: 'EIO' })
    const sentence = `How things stand cannot be read: ${REFUSED}`
    for (const error of [FULL, FULL]) expect(failed.look('/health', error)).toEqual({ status: 503, sentence })
    expect(log.lines).toHaveLength(1)
    failed.look('/health', other)
    failed.look('/health', other)
    expect(log.lines.map(({ fields }) => fields['error'])).toEqual([FULL.message, other.message])
    failed.lookSucceeded('/metrics')
    failed.look('/health', other)
    expect(log.lines).toHaveLength(2)
    failed.lookSucceeded('/health')
    failed.look('/health', other)
    expect(log.lines).toHaveLength(3)
  })

  test('is logged again when it fails again, however long another path was not looked at', () => {
    const { log, failed } = create()
    failed.look('/', FULL)
    for (let nth = 1; nth <= 3; nth += 1) {
      failed.look('/health', FULL)
      expect(log.lines).toHaveLength(nth)
      failed.lookSucceeded('/health')
    }
  })
})
