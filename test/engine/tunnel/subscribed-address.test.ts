import { describe, expect, test } from 'vitest'
import { createSubscribedAddress } from '../../../electron/engine/tunnel/subscribed-address.ts'

const BEFORE = 'https://before.ngrok-free.app/webhooks/notion'
const NOW = 'https://now.ngrok-free.app/webhooks/notion'

const FIXED = { secret: 'secret_fixed', at: 'settings.yaml:3: webhook.secret' }

/** Notes that outlive a start, and each start's view of them. */
const notesOf = (first: string | null = null) => {
  const written: string[] = first === null ? [] : [first]
  const start = (fixed: Parameters<typeof createSubscribedAddress>[1] = null) =>
    createSubscribedAddress(
      { subscribedAddress: () => written.at(-1) ?? null, noteSubscribedAddress: (text) => written.push(text) },
      fixed,
    )
  return { written, start }
}

test('nothing has to be done while no address is known, on either side', () => {
  const subscribed = notesOf().start()
  expect([subscribed.known(), subscribed.problem(NOW), subscribed.problem(null)]).toEqual([null, null, null])
  expect([subscribed.isAt(NOW), subscribed.isAt(null)]).toEqual([false, false])
  subscribed.learn(BEFORE)
  expect(subscribed.problem(null)).toBeNull()
})

test('nothing has to be done at the address that Notion sends to', () => {
  const subscribed = notesOf().start()
  subscribed.learn(NOW)
  expect(subscribed.problem(NOW)).toBeNull()
})

test('at another address than Notion sends to, both are named, and the steps in Notion', () => {
  const subscribed = notesOf().start()
  subscribed.paired(BEFORE)
  const problem = subscribed.problem(NOW)
  expect(problem).toMatchObject({ code: 'address-changed', severity: 'failure' })
  for (const part of [
    BEFORE,
    NOW,
    '1. In Notion',
    'delete the subscription. 2. ',
    '3. Pair it: npm run headless -- pair.',
  ])
    expect(problem?.message).toContain(part)
})

test('what is learnt is remembered for later starts, once', () => {
  const { start, written } = notesOf()
  const subscribed = start()
  for (const address of [BEFORE, NOW, NOW]) subscribed.learn(address)
  expect(written).toHaveLength(2)
  const later = start()
  expect([later.known(), later.problem(NOW)]).toEqual([NOW, null])
  expect(later.problem(BEFORE)?.message).toContain(`Notion sends to ${NOW}`)
})

test('what an older program remembered is known', () => {
  expect(notesOf(BEFORE).start().known()).toBe(BEFORE)
  expect(notesOf(BEFORE).start(FIXED).known()).toBe(BEFORE)
})

test('where nothing is known, what is paired was probably paired where we are reachable; what is known stays', () => {
  const { start } = notesOf()
  const subscribed = start()
  subscribed.reachable(BEFORE)
  expect([subscribed.known(), start().known()]).toEqual([BEFORE, BEFORE])
  subscribed.reachable(NOW)
  expect([subscribed.known(), start().known()]).toEqual([BEFORE, BEFORE])
  // A guess is told as one, and is no green light: Notion may go on sending to the address of before.
  const problem = subscribed.problem(NOW)
  expect(problem).toMatchObject({ code: 'address-unknown', severity: 'failure' })
  expect(problem?.message).toContain(`before, this computer was reached at ${BEFORE}.`)
  // Of two ports of one name no delivery may ever tell: no red light that nothing turns off.
  expect(subscribed.problem('https://before.ngrok-free.app:8443/w')).toMatchObject({
    code: 'address-unknown',
    severity: 'notice',
  })
  expect(subscribed.problem('https://before.ngrok-free.app/another/path')).toMatchObject({ severity: 'failure' })
  subscribed.learn(BEFORE)
  expect(subscribed.problem(NOW)).toMatchObject({ code: 'address-changed', severity: 'failure' })
})

test('what is known by a probe alone is a guess: it takes a delivery or a pairing to know that Notion sends there', () => {
  const { start } = notesOf()
  start().reachable(NOW)
  const later = start()
  later.reachable(BEFORE)
  expect([later.known(), later.isAt(NOW)]).toEqual([NOW, false])
  later.learn(NOW)
  expect([later.isAt(NOW), start().isAt(NOW)]).toEqual([true, true])
})

describe('what was paired at an address that nobody told us', () => {
  test('is said, and is no fault, until a delivery or a pairing shows where Notion sends to', () => {
    const { start } = notesOf()
    const before = start()
    before.learn(BEFORE)
    before.paired(null)
    for (const subscribed of [before, start()]) {
      subscribed.reachable(NOW)
      expect(subscribed.known()).toBeNull()
      expect(subscribed.problem(NOW)).toMatchObject({ code: 'address-unknown', severity: 'notice' })
      expect(subscribed.problem(NOW)?.message).toMatch(
        /^Whether Notion sends to .* 3\. Pair it: npm run headless -- pair\.$/,
      )
      expect(subscribed.problem(null)).toBeNull()
    }
    expect(before.isAt(NOW)).toBe(false)
    before.learn(NOW)
    expect([before.problem(NOW), before.isAt(NOW), before.isAt(BEFORE)]).toEqual([null, true, false])
    expect(start().problem(NOW)).toBeNull()
  })
})

describe('where the settings give the secret', () => {
  test('it has to go before a new subscription can be paired: its token comes by the handshake alone', () => {
    const subscribed = notesOf().start(FIXED)
    subscribed.learn(BEFORE)
    expect(subscribed.problem(NOW)?.message).toMatch(
      /3\. Remove settings\.yaml:3: webhook\.secret, start again, and pair it: npm run headless -- pair\.$/,
    )
  })

  test('another secret means another subscription: what was known of the one before counts no more', () => {
    const { start, written } = notesOf()
    start(FIXED).learn(BEFORE)
    expect(start(FIXED).known()).toBe(BEFORE)
    expect(start({ ...FIXED, secret: 'secret_of_the_new_one' }).known()).toBeNull()
    expect(start().known()).toBeNull()
    expect(written.join()).not.toContain(FIXED.secret)
  })
})
