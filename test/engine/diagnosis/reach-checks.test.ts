import { describe, expect, test } from 'vitest'
import { plannedReachChecks, reachChecks } from '../../../electron/engine/diagnosis/reach-checks.ts'
import type { Reach } from '../../../shared/reach.ts'

const ADDRESS = 'https://name.ngrok-free.app/webhooks/notion'
const PROVEN = '2026-11-23T12:00:00.000Z'

const reach = (changes: Partial<Reach>): Reach => ({
  provider: 'ngrok',
  state: 'reachable',
  address: ADDRESS,
  provenAt: PROVEN,
  message: null,
  ...changes,
})

const outcomes = (checks: ReturnType<typeof reachChecks>) => checks.map(({ name, outcome }) => `${name} ${outcome}`)

describe('of a running engine', () => {
  test.each<[Partial<Reach>, readonly string[]]>([
    [{ provider: 'none', state: 'off', address: null, provenAt: null }, ['tunnel notice', 'probe skipped']],
    [{ state: 'opening', address: null, provenAt: null }, ['tunnel notice', 'probe skipped']],
    [{ state: 'checking', provenAt: null }, ['tunnel notice', 'probe notice']],
    [{}, ['tunnel ok', 'probe ok']],
    [{ state: 'unreachable', message: 'ngrok refuses the token.' }, ['tunnel failed', 'probe failed']],
    [{ state: 'unreachable', address: null, message: 'ngrok refuses.' }, ['tunnel failed', 'probe skipped']],
  ])('%o is told as %j', (changes, expected) => {
    expect(outcomes(reachChecks(reach(changes)))).toEqual(expected)
  })

  test('what is reachable is told with its address and since when', () => {
    const [tunnel, probe] = reachChecks(reach({}))
    expect(tunnel?.message).toContain(ADDRESS)
    expect(probe?.message).toContain(PROVEN)
  })

  test('what is not reachable is told in the words of whoever met it', () => {
    const message = 'ngrok refuses the authtoken. Copy the current one.'
    expect(reachChecks(reach({ state: 'unreachable', message }))[0]?.message).toBe(message)
    expect(reachChecks(reach({ state: 'unreachable' }))[0]?.message).toContain(ADDRESS)
  })
})

test('without an engine the settings tell whether a tunnel is wanted, and no more', () => {
  const settings = { authtoken: null, domain: null }
  expect(outcomes(plannedReachChecks({ ...settings, provider: 'none' }))).toEqual(['tunnel notice', 'probe skipped'])
  const wanted = plannedReachChecks({ ...settings, provider: 'ngrok' })
  expect(wanted.map(({ outcome, message }) => `${outcome} ${message}`)).toEqual(
    Array(2).fill('skipped not checked: no engine is running.'),
  )
})
