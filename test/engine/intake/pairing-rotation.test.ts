import { describe, expect, test } from 'vitest'
import { anEvent, createPairingStage, tokenNumber } from '../../support/pairing-stage.ts'

const [FIRST, SECOND, THIRD] = [tokenNumber(1), tokenNumber(2), tokenNumber(3)] as const

/** A pairing that is open, with this token waiting. */
const openWith = async (tokens: readonly string[]) => {
  const stage = await createPairingStage()
  stage.pairing.open()
  for (const token of tokens) stage.pairing.handshake(token)
  return stage
}

describe('rotation', () => {
  /** FIRST is in use; SECOND was just confirmed by a person. */
  const rotating = async () => {
    const stage = await openWith([FIRST])
    await stage.event(FIRST)
    stage.pairing.open()
    stage.pairing.handshake(SECOND)
    await stage.pairing.confirm(SECOND)
    expect([stage.pairing.secrets(), stage.onDisk()]).toEqual([
      [SECOND, FIRST],
      [SECOND, FIRST],
    ])
    return stage
  }

  test('ends the old secret with the first event of the new one; neither old events nor handshakes do', async () => {
    const { pairing, settled, onDisk } = await rotating()
    const token = Buffer.from(JSON.stringify({ verification_token: SECOND }))
    for (const [secret, raw] of [
      [FIRST, anEvent()],
      [SECOND, token],
      ['secret_unknown', anEvent()],
    ] as const) {
      pairing.used(secret, raw)
      await settled()
      expect(pairing.secrets()).toEqual([SECOND, FIRST])
    }
    pairing.used(SECOND, anEvent())
    await settled()
    expect([pairing.secrets(), onDisk()]).toEqual([[SECOND], [SECOND]])
    pairing.used(SECOND, anEvent())
    await settled()
    expect(pairing.secrets()).toEqual([SECOND])
  })

  test('ends the old secret at once where the new one was proven by its first event', async () => {
    const { pairing, event, onDisk } = await openWith([FIRST])
    await event(FIRST)
    pairing.open()
    pairing.handshake(SECOND)
    expect(pairing.secrets()).toEqual([FIRST])
    expect(await event(SECOND)).toBe('confirmed')
    expect([pairing.secrets(), onDisk()]).toEqual([[SECOND], [SECOND]])
  })

  test('counts the event that a person’s confirmation overtook', async () => {
    const { pairing, silentNotion, event, settled } = await openWith([FIRST])
    await event(FIRST)
    pairing.open()
    pairing.handshake(SECOND)
    const notion = silentNotion()
    const first = event(SECOND)
    await notion.asked
    const confirmed = pairing.confirm(SECOND)
    const second = event(SECOND)
    notion.answer('refused')
    expect([await first, await confirmed, await second]).toEqual(['stranger', true, 'confirmed'])
    await settled()
    expect(pairing.secrets()).toEqual([SECOND])
  })

  test('keeps the secret that is in use where a person corrects the choice before any event came', async () => {
    const { pairing } = await rotating()
    pairing.open()
    pairing.handshake(THIRD)
    expect(await pairing.confirm(THIRD)).toBe(true)
    expect(pairing.secrets()).toEqual([THIRD, FIRST])
  })

  test('does not forget the old secret on a disk that refuses; the next event tries again', async () => {
    const { pairing, settled, breakDisk, onDisk, log } = await rotating()
    breakDisk(true)
    pairing.used(SECOND, anEvent())
    await settled()
    expect([pairing.secrets(), onDisk()]).toEqual([
      [SECOND, FIRST],
      [SECOND, FIRST],
    ])
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { error: 'no space left' } })
    breakDisk(false)
    pairing.used(SECOND, anEvent())
    await settled()
    expect(onDisk()).toEqual([SECOND])
  })

  test('outlives a restart in the middle', async () => {
    const stage = await rotating()
    await stage.restart()
    expect(stage.pairing.secrets()).toEqual([SECOND, FIRST])
    // A token that is a secret already waits for nothing, and is not told as new.
    stage.pairing.open()
    const told = stage.changes.length
    for (const token of [FIRST, SECOND]) expect(stage.pairing.handshake(token)).toBe('pending')
    expect(stage.pairing.view().tokens).toEqual([])
    expect(stage.changes).toHaveLength(told)
  })
})

test('a proven secret that cannot be kept is told, until one is', async () => {
  const { pairing, event, breakDisk, troubles } = await createPairingStage()
  pairing.open()
  pairing.handshake(FIRST)
  breakDisk(true)
  expect(await event(FIRST)).toBe('undecided')
  expect(troubles).toEqual(['no space left'])
  breakDisk(false)
  expect(await event(FIRST)).toBe('confirmed')
  expect(troubles).toEqual(['no space left', null])
})
