import { expect, test } from 'vitest'
import { createReaderCount } from '../../../electron/engine/foundation/reader-count.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'

test('whoever waits for nobody to read goes on when the last one has left, each having left once', async () => {
  const readers = createReaderCount()
  await readers.none()
  const [first, second] = [readers.enter(), readers.enter()]
  let isFree = false
  const free = readers.none().then(() => {
    isFree = true
  })
  first()
  first()
  await endOfTurn()
  expect(isFree).toBe(false)
  second()
  await free
  await readers.none()
})

test('one that came while the waiting was being told is waited for as well', async () => {
  const readers = createReaderCount()
  const leave = readers.enter()
  let isFree = false
  const free = readers.none().then(() => {
    isFree = true
  })
  leave()
  const leaveAgain = readers.enter()
  await endOfTurn()
  expect(isFree).toBe(false)
  leaveAgain()
  await free
})
