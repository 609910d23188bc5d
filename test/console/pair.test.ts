import { describe, expect, test } from 'vitest'
import { CommandError } from '../../electron/console/commands.ts'
import { confirmPairing, pairingLine, pairRunning } from '../../electron/console/pair.ts'
import type { PairingView } from '../../shared/pairing.ts'
import { createAskedCalls } from '../support/asked-calls.ts'

const UNTIL = Date.UTC(2026, 10, 23, 12, 15)
const WORKSPACE = '0b8c4d56-1111-4a4a-8b8b-000000000001'
const CONFIRMED = { at: UNTIL - 1_000, workspace_id: WORKSPACE }
const EARLIER = { at: UNTIL - 900_000, workspace_id: 'earlier' }

const view = (changes: Partial<PairingView> = {}): PairingView => ({
  until: UNTIL,
  tokens: [],
  isPaired: false,
  confirmed: null,
  ...changes,
})

const waiting = (...tokens: readonly string[]): Pick<PairingView, 'tokens'> => ({
  tokens: tokens.map((token, nth) => ({ token, suspicious: nth > 0 })),
})

/** Runs the command on an engine whose pairing stands like this, from look to look; gives lines, waits and refusal. */
const pair = async (views: readonly PairingView[], refused: string | null = null) => {
  const left = [...views]
  const lines: string[] = []
  const waits: number[] = []
  const { call, asked } = createAskedCalls({
    pairing: () => Promise.resolve(left.shift() ?? view({ until: null })),
    'open-pairing': () => Promise.resolve({ refused }),
  })
  const sleep = (delayMs: number): Promise<void> => {
    waits.push(delayMs)
    return Promise.resolve()
  }
  let refusal: string | null = null
  try {
    await pairRunning(call, (line) => lines.push(line), sleep)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    refusal = error.message
  }
  return { lines, waits, refusal, asked: asked.map(({ name }) => name) }
}

test('the lines are those of the contract, as a program reads them', () => {
  expect(pairingLine({ kind: 'handshake', token: 'secret_a', suspicious: true })).toBe(
    'handshake {"token":"secret_a","suspicious":true}',
  )
  expect(pairingLine({ kind: 'paired', workspaceId: WORKSPACE })).toBe(`paired {"workspace_id":"${WORKSPACE}"}`)
  expect(pairingLine({ kind: 'paired', workspaceId: null })).toBe('paired {"workspace_id":null}')
})

describe('pairing an engine that runs', () => {
  test('opens it, tells each token once, and ends when something is confirmed', async () => {
    const { lines, refusal, asked, waits } = await pair([
      view({ until: null }),
      view(),
      view(waiting('secret_a')),
      view(waiting('secret_a', 'secret_b')),
      view({ until: null, confirmed: CONFIRMED }),
    ])
    expect(lines).toEqual([
      'handshake {"token":"secret_a","suspicious":false}',
      'handshake {"token":"secret_b","suspicious":true}',
      `paired {"workspace_id":"${WORKSPACE}"}`,
    ])
    expect(refusal).toBeNull()
    expect(asked).toEqual(['pairing', 'open-pairing', 'pairing', 'pairing', 'pairing', 'pairing'])
    expect(waits).toEqual([500, 500, 500])
  })

  test('tells a token that was confirmed between two looks before it tells that it is paired', async () => {
    const { lines } = await pair([view(), view({ ...waiting('secret_a'), until: null, confirmed: CONFIRMED })])
    expect(lines).toEqual([
      'handshake {"token":"secret_a","suspicious":false}',
      `paired {"workspace_id":"${WORKSPACE}"}`,
    ])
  })

  test('tells a token that comes after somebody opened the pairing anew', async () => {
    const { lines } = await pair([
      view(),
      view(waiting('secret_a', 'secret_b')),
      view(waiting('secret_c')),
      view(waiting('secret_c', 'secret_a')),
      view({ until: null, confirmed: CONFIRMED }),
    ])
    expect(lines.slice(0, -1)).toEqual([
      'handshake {"token":"secret_a","suspicious":false}',
      'handshake {"token":"secret_b","suspicious":true}',
      'handshake {"token":"secret_c","suspicious":false}',
    ])
  })

  test('does not take an earlier confirmation for its own', async () => {
    const { lines, refusal } = await pair([
      view({ confirmed: EARLIER }),
      view({ confirmed: EARLIER }),
      view({ confirmed: EARLIER }),
      view({ until: null, confirmed: CONFIRMED }),
    ])
    expect(lines).toEqual([`paired {"workspace_id":"${WORKSPACE}"}`])
    expect(refusal).toBeNull()
  })

  test('ends with a sentence when the time is over', async () => {
    const { lines, refusal } = await pair([view(), view(), view({ until: null, confirmed: null })])
    expect(lines).toEqual([])
    expect(refusal).toMatch(
      /^The pairing has ended, and nothing was confirmed: its time is over, .* Otherwise pair again, then .*\.$/,
    )
  })

  test('ends at once where it cannot be opened', async () => {
    const { lines, refusal, asked } = await pair([view()], 'webhook.secret is set.')
    expect([lines, refusal, asked]).toEqual([[], 'webhook.secret is set.', ['pairing', 'open-pairing']])
  })
})

test('confirming hands the token over, and tells why it was refused', async () => {
  const answers = [null, 'No such token is waiting.']
  const { call, asked } = createAskedCalls({
    'confirm-pairing': () => Promise.resolve({ refused: answers.shift() ?? null }),
  })
  await confirmPairing(call, 'secret_a')
  await expect(confirmPairing(call, 'secret_b')).rejects.toThrow(new CommandError('No such token is waiting.'))
  expect(asked.map(({ input }) => input)).toEqual([{ token: 'secret_a' }, { token: 'secret_b' }])
})
