import { expect, test } from 'vitest'
import { deliveryWay } from '../../../electron/engine/tunnel/delivery-way.ts'

const PRESENT = 'https://now.my-company.io/webhooks/notion'
const SUBSCRIBED = 'https://before.my-company.io:8443/webhooks/notion'

test.each([
  ['now.my-company.io', 'here'],
  ['NOW.my-company.io:443', 'here'],
  ['now.my-company.io, 10.0.0.3', 'here'],
  ['before.my-company.io:8443', 'elsewhere'],
  ['third.my-company.io', 'elsewhere'],
  ['now.my-company.io:8443', 'elsewhere'],
  ['127.0.0.1:8000', 'unknown'],
  ['[::1]:8000', 'unknown'],
  ['backend', 'unknown'],
  ['backend.internal:80', 'unknown'],
  ['', 'unknown'],
  ['no host', 'unknown'],
  [null, 'unknown'],
])('a delivery that was sent to %s came %s', (header, way) => {
  expect(deliveryWay(header, { present: PRESENT, subscribed: SUBSCRIBED })).toBe(way)
})

test('a delivery to the address of before came elsewhere even where both are in a private network', () => {
  const addresses = { present: 'http://127.0.0.1:1/w', subscribed: 'http://127.0.0.1:2/w' }
  expect(['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3'].map((host) => deliveryWay(host, addresses))).toEqual([
    'here',
    'elsewhere',
    'unknown',
  ])
})

test('while there is no address, nothing comes by it', () => {
  expect(deliveryWay('now.my-company.io', { present: null, subscribed: null })).toBe('elsewhere')
})
