import { expect, test } from 'vitest'
import { deliveryWay } from '../../../electron/engine/tunnel/delivery-way.ts'

const PRESENT = 'https://now.my-company.io/webhooks/notion'
const SUBSCRIBED = 'https://before.my-company.io:8443/webhooks/notion'

test.each([
  ['now.my-company.io', 'here'],
  ['NOW.my-company.io:443', 'here'],
  ['now.my-company.io, 10.0.0.3', 'here'],
  ['before.my-company.io:8443', 'elsewhere'],
  ['before.my-company.io', 'elsewhere'],
  ['third.my-company.io', 'unknown'],
  ['now.my-company.io:8443', 'unknown'],
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
  expect(deliveryWay('now.my-company.io', { present: null, subscribed: null })).toBe('unknown')
})

test('a proxy that passes a name on without its port names an address all the same, where only one has it', () => {
  const port = (number: number): string => `https://sync.my-company.io:${number}/w`
  const at = (header: string, subscribed: string | null) => deliveryWay(header, { present: port(8443), subscribed })
  expect(at('sync.my-company.io', null)).toBe('here')
  expect(at('sync.my-company.io', port(8443))).toBe('here')
  expect(at('sync.my-company.io', port(9443))).toBe('unknown')
  expect(at('sync.my-company.io:8443', port(9443))).toBe('here')
  expect(at('sync.my-company.io:9443', port(9443))).toBe('elsewhere')
  expect(
    deliveryWay('sync.my-company.io', { present: port(8443), subscribed: 'https://sync.my-company.io:8443/typo' }),
  ).toBe('here')
  const secured = { present: 'https://sync.my-company.io/w', subscribed: port(8443) }
  expect(deliveryWay('sync.my-company.io', secured)).toBe('unknown')
})
