import { expect, test } from 'vitest'
import { type Disk, systemDisk } from '../../../electron/engine/foundation/disk.ts'
import type { ProofResult } from '../../../electron/engine/intake/pairing.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import {
  anEvent,
  createPairingStage,
  handshakeBody,
  MINUTE_MS,
  OWN_WORKSPACE,
  type StageOptions,
  tokenNumber,
} from '../../support/pairing-stage.ts'

const [FIRST, SECOND] = [tokenNumber(1), tokenNumber(2)] as const

const OWN = { workspaceId: OWN_WORKSPACE }

/** A pairing that is open, with FIRST waiting. */
const waitingFirst = async (options: StageOptions = {}) => {
  const stage = await createPairingStage(options)
  stage.pairing.open()
  stage.pairing.handshake(FIRST)
  return stage
}

test('the first event that proves itself makes the only token the secret, and ends the time for pairing', async () => {
  const { pairing, event, asked, changes, onDisk } = await waitingFirst()
  const raw = anEvent()
  expect(await event(FIRST, raw)).toBe('confirmed')
  expect(asked).toEqual([raw])
  expect([pairing.secrets(), onDisk(), pairing.isOpen()]).toEqual([[FIRST], [FIRST], false])
  expect(changes.at(-1)).toEqual({ kind: 'paired', workspaceId: OWN_WORKSPACE })
  expect(changes).toHaveLength(2)
})

test('an event that no waiting token signed asks Notion nothing', async () => {
  const { pairing, event, asked } = await waitingFirst()
  expect(await event(SECOND)).toBe('stranger')
  expect(await pairing.eventSignedBy(anEvent(), `sha256=${'0'.repeat(64)}`)).toBe('stranger')
  expect(await pairing.eventSignedBy(anEvent(), '')).toBe('stranger')
  expect(asked).toEqual([])
})

test('an event that fails the proof does not use up the token, however often', async () => {
  const { pairing, event, notionSays } = await waitingFirst()
  notionSays(() => Promise.resolve('refused'))
  for (let nth = 0; nth < 50; nth += 1) expect(await event(FIRST)).toBe('stranger')
  expect([pairing.secrets(), pairing.view().tokens.length]).toEqual([[], 1])
  notionSays(() => Promise.resolve(OWN))
  expect(await event(FIRST)).toBe('confirmed')
  expect(pairing.secrets()).toEqual([FIRST])
})

test('a handshake that a waiting token signed is no event: it is judged like any other body, and proves nothing', async () => {
  const { event, notionSays, asked } = await waitingFirst()
  notionSays(() => Promise.resolve('refused'))
  const raw = handshakeBody(FIRST)
  expect(await event(FIRST, raw)).toBe('stranger')
  expect(asked).toEqual([raw])
})

test('while two tokens wait, no event decides between them, and Notion is not asked', async () => {
  const { pairing, event, asked } = await waitingFirst()
  pairing.handshake(SECOND)
  for (const token of [FIRST, SECOND, FIRST]) expect(await event(token)).toBe('undecided')
  expect([asked, pairing.secrets()]).toEqual([[], []])
  expect(await pairing.confirm(SECOND)).toBe(true)
  expect(await event(FIRST)).toBe('stranger')
})

test('a second token that comes while Notion is asked about the first leaves the choice to a person', async () => {
  const { pairing, event, silentNotion, onDisk } = await waitingFirst()
  const notion = silentNotion()
  const proven = event(FIRST)
  await notion.asked
  expect(pairing.handshake(SECOND)).toBe('pending')
  notion.answer(OWN)
  expect(await proven).toBe('undecided')
  expect([pairing.secrets(), onDisk(), pairing.isOpen()]).toEqual([[], [], true])
})

test('an event that comes while Notion is asked about the one before waits for it, and Notion is asked once', async () => {
  const { event, silentNotion, asked, changes } = await waitingFirst()
  const notion = silentNotion()
  const results = [event(FIRST), event(FIRST), event(FIRST)]
  await notion.asked
  notion.answer(OWN)
  expect(await Promise.all(results)).toEqual(['confirmed', 'confirmed', 'confirmed'])
  expect(asked).toHaveLength(1)
  expect(changes.map(({ kind }) => kind)).toEqual(['handshake', 'paired'])
})

test('where Notion gives no answer nothing is decided, and the next event is asked about anew', async () => {
  const { pairing, event, notionSays } = await waitingFirst()
  notionSays(() => Promise.resolve(null))
  expect(await event(FIRST)).toBe('undecided')
  expect(pairing.secrets()).toEqual([])
  notionSays(() => Promise.resolve(OWN))
  expect(await event(FIRST)).toBe('confirmed')
})

test('where Notion is silent for 5 s nothing is decided, its late answer confirms nothing, and the next event does', async () => {
  const { pairing, event, silentNotion, notionSays, clock, onDisk, settled } = await waitingFirst()
  const notion = silentNotion()
  const results: (ProofResult | null)[] = [null, null]
  const proven = [0, 1].map(async (nth) => (results[nth] = await event(FIRST)))
  await notion.asked
  clock.advance(4_999)
  await endOfTurn()
  expect(results).toEqual([null, null])
  clock.advance(1)
  await Promise.all(proven)
  // The second waited for its turn all the time: its sender is held up no longer for that.
  expect(results).toEqual(['undecided', 'undecided'])
  notion.answer(OWN)
  await settled()
  expect([pairing.secrets(), onDisk(), pairing.isOpen()]).toEqual([[], [], true])
  notionSays(() => Promise.resolve(OWN))
  expect(await event(FIRST)).toBe('confirmed')
  expect(clock.dueTimes()).toEqual([])
})

test('an event that waited too long for its turn costs no request', async () => {
  const { event, silentNotion, clock, asked } = await waitingFirst()
  const notion = silentNotion()
  const results = [event(FIRST), event(FIRST), event(FIRST)]
  await notion.asked
  clock.advance(5_000)
  expect(await Promise.all(results)).toEqual(['undecided', 'undecided', 'undecided'])
  expect(asked).toHaveLength(1)
})

test('a person need not wait for a silent Notion for longer than 5 s', async () => {
  const { pairing, event, silentNotion, clock } = await waitingFirst()
  const notion = silentNotion()
  const proven = event(FIRST)
  await notion.asked
  const confirmed = pairing.confirm(FIRST)
  clock.advance(5_000)
  expect([await proven, await confirmed]).toEqual(['undecided', true])
  expect(pairing.secrets()).toEqual([FIRST])
})

test('a window that ends in the middle of a proof takes the token with it', async () => {
  const { pairing, event, silentNotion, clock, onDisk } = await waitingFirst()
  clock.advance(15 * MINUTE_MS - 1_000)
  const notion = silentNotion()
  const proven = event(FIRST)
  await notion.asked
  clock.advance(1_000)
  notion.answer(OWN)
  expect(await proven).toBe('unconfirmed')
  expect([pairing.secrets(), onDisk()]).toEqual([[], []])
})

test('a window that is opened anew in the middle of a proof begins without the token', async () => {
  const { pairing, event, silentNotion } = await waitingFirst()
  const notion = silentNotion()
  const proven = event(FIRST)
  await notion.asked
  pairing.open()
  pairing.handshake(SECOND)
  notion.answer(OWN)
  expect(await proven).toBe('unconfirmed')
  expect([pairing.secrets(), pairing.view().tokens]).toEqual([[], [{ token: SECOND, suspicious: false }]])
})

test('a proof that breaks decides nothing, and is logged', async () => {
  const { pairing, event, notionSays, log } = await waitingFirst()
  notionSays(() => Promise.reject(new Error('broken')))
  expect(await event(FIRST)).toBe('undecided')
  expect(log.lines).toMatchObject([{ level: 'error', fields: { error: 'broken' } }])
  expect(pairing.secrets()).toEqual([])
  notionSays(() => Promise.resolve(OWN))
  expect(await event(FIRST)).toBe('confirmed')
})

test('a disk that refuses to keep the secret pairs nobody, and the next event tries again', async () => {
  const { pairing, event, breakDisk, onDisk, changes, log } = await waitingFirst()
  breakDisk(true)
  expect(await event(FIRST)).toBe('undecided')
  expect([pairing.secrets(), onDisk(), pairing.isOpen()]).toEqual([[], [], true])
  expect(changes.map(({ kind }) => kind)).toEqual(['handshake'])
  expect(log.lines).toMatchObject([{ level: 'error', fields: { error: 'no space left' } }])
  breakDisk(false)
  expect(await event(FIRST)).toBe('confirmed')
  expect(onDisk()).toEqual([FIRST])
})

test('a slow disk does not let two changes of what is kept meet, whatever time it takes', async () => {
  const written = Promise.withResolvers<undefined>()
  const isWriting = Promise.withResolvers<undefined>()
  let underWay = 0
  let most = 0
  const disk: Disk = {
    ...systemDisk,
    writePrivate: async (path, text) => {
      underWay += 1
      most = Math.max(most, underWay)
      isWriting.resolve(undefined)
      await written.promise
      await systemDisk.writePrivate(path, text)
      underWay -= 1
    },
  }
  const { pairing, event, clock, onDisk } = await waitingFirst({ disk })
  const proven = event(FIRST)
  await isWriting.promise
  clock.advance(6_000)
  const disconnected = pairing.disconnect()
  await endOfTurn()
  written.resolve(undefined)
  expect(await proven).toBe('confirmed')
  await disconnected
  expect([most, pairing.secrets(), onDisk()]).toEqual([1, [], []])
})

test('an end of the engine lets a proof that is under way come to its own end', async () => {
  const { pairing, event, silentNotion } = await waitingFirst()
  const notion = silentNotion()
  const proven = event(FIRST)
  await notion.asked
  let isStopped = false
  const stopped = pairing.stop().then(() => {
    isStopped = true
  })
  await endOfTurn()
  expect(isStopped).toBe(false)
  notion.answer(null)
  expect(await proven).toBe('undecided')
  await stopped
})
