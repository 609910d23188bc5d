import { expect, test } from 'vitest'
import { createSubscribedAddress } from '../../../electron/engine/tunnel/subscribed-address.ts'

const BEFORE = 'https://before.ngrok-free.app/webhooks/notion'
const NOW = 'https://now.ngrok-free.app/webhooks/notion'

const subscribedAt = (address: string | null, hasFixedSecret = false) => {
  const noted: string[] = []
  const notes = { subscribedAddress: () => address, noteSubscribedAddress: (learnt: string) => noted.push(learnt) }
  const subscribed = createSubscribedAddress(notes, hasFixedSecret)
  return { subscribed, noted }
}

test('nothing has to be done while no address is known, on either side', () => {
  expect(subscribedAt(null).subscribed.problem(NOW)).toBeNull()
  expect(subscribedAt(BEFORE).subscribed.problem(null)).toBeNull()
  expect(subscribedAt(null).subscribed.problem(null)).toBeNull()
})

test('nothing has to be done at the address that Notion sends to', () => {
  expect(subscribedAt(NOW).subscribed.problem(NOW)).toBeNull()
})

test('at another address than Notion sends to, both are named, and the steps in Notion', () => {
  const problem = subscribedAt(BEFORE).subscribed.problem(NOW)
  expect(problem).toMatchObject({ code: 'address-changed', severity: 'failure' })
  for (const part of [BEFORE, NOW, '1. ', 'delete the subscription', '2. ', '3. ', 'npm run headless -- pair']) {
    expect(problem?.message).toContain(part)
  }
})

test('where the settings hold the secret, its new token belongs there: nothing can be paired', () => {
  const problem = subscribedAt(BEFORE, true).subscribed.problem(NOW)
  expect(problem?.message).toMatch(/3\. Write the token that it shows as webhook\.secret, and start again\.$/)
})

test('what is learnt is known from then on and remembered, once', () => {
  const { subscribed, noted } = subscribedAt(BEFORE)
  for (const address of [BEFORE, NOW, NOW]) subscribed.learn(address)
  expect(noted).toStrictEqual([NOW])
  expect(subscribed.problem(NOW)).toBeNull()
  expect(subscribed.problem(BEFORE)?.message).toContain(`Notion sends to ${NOW}`)
})
