import { expect, test } from 'vitest'
import { jsonFile, textFile } from '../../../electron/engine/diagnosis/files.ts'
import { createManualClock } from '../../support/manual-clock.ts'

test('what cannot be read, or does not answer, is told in its place and leaves the others be', async () => {
  const clock = createManualClock()
  expect(await textFile(clock, 'log.txt', async () => 'lines\n')).toEqual({ name: 'log.txt', text: 'lines\n' })
  expect(await textFile(clock, 'log.txt', () => Promise.reject(new Error('EIO')))).toEqual({
    name: 'log.txt',
    text: 'This could not be read: EIO.\n',
  })
  const late = textFile(clock, 'metrics.txt', () => Promise.withResolvers<string>().promise)
  clock.advance(10_000)
  expect(await late).toEqual({ name: 'metrics.txt', text: 'What holds this did not answer within 10 s.\n' })
})

test('a value is written as JSON that people can read', () => {
  expect(jsonFile('queue.json', { jobs: 1 })).toEqual({ name: 'queue.json', text: '{\n  "jobs": 1\n}\n' })
})
