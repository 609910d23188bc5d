import { expect, test } from 'vitest'
import {
  afterword,
  NEVER,
  outOfProbes,
  silentProvider,
  supervisionFailed,
} from '../../../electron/engine/tunnel/supervisor-words.ts'

const AT = Date.parse('2026-11-23T12:00:00.000Z')

test('a provider that gives no answer is told by its name, with what to do', () => {
  expect(silentProvider('ngrok')).toEqual({
    code: 'silent',
    message:
      'ngrok gives no answer, so Notion cannot reach this computer. Check the network; it is tried again by itself.',
  })
})

test('a fault of ours is told as one, with its reason', () => {
  expect(supervisionFailed(new Error('out of order'))).toEqual({
    code: 'internal',
    message: 'The supervision of the tunnel failed: out of order. It is tried again by itself.',
  })
})

test('where no probe is left, it is said when the next one can be sent, and of which address it is', () => {
  expect(outOfProbes('https://name.test/w', AT)).toMatch(
    /reach https:\/\/name\.test\/w is checked at 2026-11-23T12:00:00\.000Z\.$/,
  )
  expect(outOfProbes(null, AT)).toContain('reach this computer is checked')
})

const MINUTE = 60_000
const looks = (more: Partial<Parameters<typeof afterword>[0]>) => ({ ...NEVER, retryAt: null, now: AT, ...more })

test('a look that is long off is announced, and one that is soon is not', () => {
  expect(afterword(looks({ retryAt: AT }), false)).toBe(
    ' It has lasted: it is looked at again at 2026-11-23T12:00:00.000Z, and at each start.',
  )
  expect(afterword(looks({}), true)).toBe('')
})

test('where our own way alone is broken, deliveries of the last hour are told: those by the address, or those that nobody can place', () => {
  const told = afterword(looks({ deliveredAt: AT - 59 * MINUTE, uncertainAt: AT }), true)
  expect(told).toBe(' The newest delivery by this address came at 2026-11-23T11:01:00.000Z.')
  const unplaced = afterword(looks({ deliveredAt: AT - 60 * MINUTE, uncertainAt: AT - 59 * MINUTE }), true)
  expect(unplaced).toMatch(/^ Deliveries do come, but .*proxy_set_header Host \$host\)\.$/)
  expect(afterword(looks({ uncertainAt: AT - 60 * MINUTE }), true)).toBe('')
  expect(afterword(looks({ deliveredAt: AT, uncertainAt: AT }), false)).toBe('')
})
