import { expect, test } from 'vitest'
import { createPairingCalls } from '../../../electron/engine/intake/pairing-calls.ts'
import { pairingViewSchema } from '../../../shared/pairing.ts'
import { createPairingStage, tokenNumber } from '../../support/pairing-stage.ts'

const WHERE = 'settings.yaml:3: webhook.secret'
const TOKEN = tokenNumber(1)

const calls = async (isFixed = false) => {
  const stage = await createPairingStage()
  return { ...stage, pairing: stage.pairing, calls: createPairingCalls(stage.pairing, WHERE, isFixed) }
}

const DISK = 'The disk refuses, and nothing was changed: no space left. Check its space, then repeat it.'

test('a person opens, sees, confirms and forgets', async () => {
  const { calls: call, pairing } = await calls()
  expect(await call['open-pairing']({})).toEqual({ refused: null })
  pairing.handshake(TOKEN)
  const view = await call.pairing({})
  expect(pairingViewSchema.parse(view)).toEqual(view)
  expect(view.tokens).toEqual([{ token: TOKEN, suspicious: false }])
  expect(await call['confirm-pairing']({ token: TOKEN })).toEqual({ refused: null })
  expect(await call.pairing({})).toMatchObject({ until: null, isPaired: true })
  expect(await call.disconnect({})).toEqual({ refused: null })
  expect(pairing.secrets()).toEqual([])
})

test('where nothing is paired and nothing waits there is nothing to forget, and that is said', async () => {
  const { calls: call, pairing } = await calls()
  const nothing = { refused: 'Nothing is paired, and no token waits. Nothing was done.' }
  expect(await call.disconnect({})).toEqual(nothing)
  await call['open-pairing']({})
  pairing.handshake(TOKEN)
  expect(await call.disconnect({})).toEqual({ refused: null })
  expect([pairing.isOpen(), await pairing.confirm(TOKEN)]).toEqual([false, false])
  expect(await call.disconnect({})).toEqual(nothing)
})

test('a token that never came is refused with what may be the reason', async () => {
  const { calls: call } = await calls()
  await call['open-pairing']({})
  expect(await call['confirm-pairing']({ token: TOKEN })).toEqual({
    refused:
      'No such token is waiting: it has not arrived, or something was confirmed, disconnected or started anew since. Nothing was done. If you have pasted it in Notion already, write it as webhook.secret; otherwise open the pairing (pair), then have Notion send the token again, or make a new subscription in place of this one.',
  })
})

test('a disk that refuses is told, and nothing was changed', async () => {
  const { calls: call, pairing, breakDisk, onDisk } = await calls()
  await call['open-pairing']({})
  pairing.handshake(TOKEN)
  breakDisk(true)
  expect(await call['confirm-pairing']({ token: TOKEN })).toEqual({ refused: DISK })
  breakDisk(false)
  await call['confirm-pairing']({ token: TOKEN })
  breakDisk(true)
  expect(await call.disconnect({})).toEqual({ refused: DISK })
  expect([pairing.secrets(), onDisk()]).toEqual([[TOKEN], [TOKEN]])
})

test('where the settings name the secret nothing is paired, and nothing is said to be forgotten', async () => {
  const { calls: call, pairing } = await calls(true)
  expect(await call['open-pairing']({})).toEqual({
    refused: `${WHERE} is set, and wins over what is paired. Remove it first.`,
  })
  expect(pairing.isOpen()).toBe(false)
  expect((await call.disconnect({})).refused).toMatch(
    /^settings\.yaml:3: webhook\.secret is set, and cannot be forgotten/,
  )
})
