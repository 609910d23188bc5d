import { describe, expect, test } from 'vitest'
import { signBody } from '../../../electron/simulator/deliveries.ts'
import {
  anEvent,
  createPairingStage,
  MINUTE_MS,
  OWN_WORKSPACE,
  type StageOptions,
  tokenNumber,
} from '../../support/pairing-stage.ts'

const [FIRST, SECOND, THIRD] = [tokenNumber(1), tokenNumber(2), tokenNumber(3)] as const

const PAIRED = { kind: 'paired', workspaceId: OWN_WORKSPACE }

const handshake = (token: string, suspicious = false) => ({ kind: 'handshake', token, suspicious })

/** A pairing that is open, with these tokens waiting. */
const openWith = async (tokens: readonly string[] = [], options: StageOptions = {}) => {
  const stage = await createPairingStage(options)
  stage.pairing.open()
  for (const token of tokens) expect(stage.pairing.handshake(token)).toBe('pending')
  return stage
}

describe('a token', () => {
  test('counts only while a person has opened the pairing', async () => {
    const { pairing, changes, onDisk } = await createPairingStage()
    expect(pairing.isOpen()).toBe(false)
    expect(pairing.handshake(FIRST)).toBe('refused')
    pairing.open()
    expect(pairing.isOpen()).toBe(true)
    expect(pairing.view().tokens).toEqual([])
    expect(pairing.handshake(FIRST)).toBe('pending')
    expect(pairing.view().tokens).toEqual([{ token: FIRST, suspicious: false }])
    expect(changes).toEqual([handshake(FIRST)])
    expect([pairing.secrets(), onDisk()]).toEqual([[], []])
  })

  test('is told once, however often it comes, and as suspicious where another came before it', async () => {
    const { pairing, changes } = await openWith([FIRST, SECOND, FIRST, SECOND, THIRD, FIRST])
    expect(changes).toEqual([handshake(FIRST), handshake(SECOND, true), handshake(THIRD, true)])
    expect(pairing.view().tokens.map(({ suspicious }) => suspicious)).toEqual([false, true, true])
  })

  test.each([
    ['nothing', ''],
    ['no prefix', 'Ab3'.repeat(14)],
    ['another prefix', `Secret_${'Ab3'.repeat(14)}`],
    ['too short', `secret_${'a'.repeat(19)}`],
    ['too long', `secret_${'a'.repeat(201)}`],
    ['a line end behind it', `${FIRST}\n`],
    ['a line end within it', `${FIRST}\nhandshake`],
    ['a space', `secret_${'a'.repeat(20)} b`],
    ['a letter of another alphabet', `secret_${'а'.repeat(30)}`],
    ['an underscore', `secret_${'a_'.repeat(20)}`],
    ['quotes', `secret_${'a'.repeat(20)}"`],
  ])('of a wrong shape is refused: %s', async (_, token) => {
    const { pairing, changes } = await openWith()
    expect(pairing.handshake(token)).toBe('refused')
    expect(changes).toEqual([])
    expect(await pairing.confirm(token)).toBe(false)
  })

  test.each([20, 200])('may have %i letters and digits', async (length) => {
    await openWith([`secret_${'a'.repeat(length)}`])
  })
})

describe('the time for pairing', () => {
  test('ends after 15 minutes: no token is taken any more, and no event confirms the one that waited', async () => {
    const { pairing, clock, event, log } = await openWith([FIRST])
    const until = clock.now() + 15 * MINUTE_MS
    clock.advance(15 * MINUTE_MS - 1)
    expect(pairing.view()).toMatchObject({ until, tokens: [{ token: FIRST }] })
    clock.advance(1)
    expect(pairing.isOpen()).toBe(false)
    expect(pairing.view().until).toBeNull()
    expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('time for pairing is over') }])
    expect(pairing.handshake(SECOND)).toBe('refused')
    expect(await event(FIRST)).toBe('unconfirmed')
    expect(pairing.secrets()).toEqual([])
  })

  test('may be over before a person confirms the token that was pasted in Notion: it is told, and the word is enough', async () => {
    const { pairing, clock, changes, log } = await openWith([FIRST])
    clock.advance(15 * MINUTE_MS)
    expect(log.lines.at(-1)?.message).toMatch(/If you have pasted a token in Notion already, confirm it/)
    expect(await pairing.confirm(SECOND)).toBe(false)
    expect(await pairing.confirm(FIRST)).toBe(true)
    expect(pairing.secrets()).toEqual([FIRST])
    expect(changes).toEqual([handshake(FIRST), PAIRED])
  })

  test('that passes without a token has nothing to confirm, and says nothing of it', async () => {
    const { clock, log } = await openWith([])
    clock.advance(15 * MINUTE_MS)
    expect(log.lines.map(({ message }) => message)).toEqual([
      'The time for pairing is over, and no token was confirmed.',
    ])
  })

  test('ends on a machine that slept through it as well, before anything is believed', async () => {
    for (const act of [
      async ({ pairing }: Awaited<ReturnType<typeof openWith>>) => pairing.handshake(SECOND) === 'refused',
      async ({ event }: Awaited<ReturnType<typeof openWith>>) => (await event(FIRST)) === 'unconfirmed',
      async ({ pairing }: Awaited<ReturnType<typeof openWith>>) => pairing.view().until === null,
    ]) {
      const stage = await openWith([FIRST])
      stage.sleepMachine(15 * MINUTE_MS)
      expect(await act(stage)).toBe(true)
      expect(stage.pairing.secrets()).toEqual([])
      expect(stage.clock.dueTimes()).toEqual([])
    }
  })

  test('ends by itself, and where the time of day is set back meanwhile, no later', async () => {
    const { pairing, clock, log, sleepMachine } = await openWith([FIRST])
    sleepMachine(-60 * MINUTE_MS)
    clock.advance(15 * MINUTE_MS)
    expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('time for pairing is over') }])
    expect(pairing.isOpen()).toBe(false)
  })

  test('begins anew when a person opens it again: no event confirms an earlier token, and none is suspicious for them', async () => {
    const { pairing, clock, changes, event } = await openWith([FIRST])
    clock.advance(10 * MINUTE_MS)
    pairing.open()
    expect(pairing.view()).toMatchObject({ until: clock.now() + 15 * MINUTE_MS, tokens: [] })
    expect(await event(FIRST)).toBe('unconfirmed')
    expect(pairing.secrets()).toEqual([])
    clock.advance(10 * MINUTE_MS)
    expect(pairing.handshake(SECOND)).toBe('pending')
    expect(changes.at(-1)).toEqual(handshake(SECOND))
    clock.advance(5 * MINUTE_MS)
    expect(pairing.isOpen()).toBe(false)
  })

  test('that was opened again by mistake loses nothing: a person may confirm what came before', async () => {
    const { pairing } = await openWith([FIRST])
    for (let times = 0; times < 20; times += 1) pairing.open()
    pairing.handshake(SECOND)
    expect(await pairing.confirm(FIRST)).toBe(true)
    expect(pairing.secrets()).toEqual([FIRST])
  })

  test('that was opened again by mistake says at its end that what came before can still be confirmed', async () => {
    const { pairing, clock, log } = await openWith([FIRST])
    pairing.open()
    clock.advance(15 * MINUTE_MS)
    expect(log.lines.at(-1)?.message).toMatch(/If you have pasted a token in Notion already, confirm it/)
  })

  test('keeps a token that comes while another one is being confirmed, and forgets those that came before', async () => {
    const { pairing, duringNextWrite } = await openWith([FIRST, THIRD])
    const answers: string[] = []
    duringNextWrite(() => answers.push(pairing.handshake(SECOND)))
    expect(await pairing.confirm(FIRST)).toBe(true)
    expect(answers).toEqual(['pending'])
    expect(await pairing.confirm(THIRD)).toBe(false)
    expect(await pairing.confirm(SECOND)).toBe(true)
    expect(pairing.secrets()).toEqual([SECOND, FIRST])
  })

  test('that is over leaves no word to a stranger: an event counts as ours only where it proves itself', async () => {
    const { pairing, clock, event, notionSays } = await openWith([FIRST])
    clock.advance(15 * MINUTE_MS)
    notionSays(() => Promise.resolve('refused'))
    expect(await event(FIRST)).toBe('stranger')
    notionSays(() => Promise.resolve(null))
    expect(await event(FIRST)).toBe('undecided')
    expect(await event(SECOND)).toBe('stranger')
    expect(pairing.secrets()).toEqual([])
  })

  test('keeps bounded room for the tokens of earlier times, and the newest of them', async () => {
    const { pairing } = await openWith([FIRST])
    for (let opened = 0; opened < 2; opened += 1) {
      pairing.open()
      for (let nth = 0; nth < 16; nth += 1) pairing.handshake(tokenNumber(1_000 + opened * 16 + nth))
    }
    pairing.open()
    expect(await pairing.confirm(FIRST)).toBe(false)
    expect(await pairing.confirm(tokenNumber(1_000))).toBe(true)
  })

  test('ends with the engine, and leaves no timer behind', async () => {
    const { pairing, clock } = await openWith([FIRST])
    await pairing.stop()
    expect(pairing.isOpen()).toBe(false)
    expect(clock.dueTimes()).toEqual([])
  })
})

describe('a person who confirms', () => {
  test('makes the token the secret, for later starts as well, and ends the time for pairing', async () => {
    const stage = await openWith([FIRST])
    expect(await stage.pairing.confirm(FIRST)).toBe(true)
    expect([stage.pairing.secrets(), stage.onDisk()]).toEqual([[FIRST], [FIRST]])
    expect(stage.changes).toEqual([handshake(FIRST), PAIRED])
    expect(stage.pairing.view()).toMatchObject({
      until: null,
      isPaired: true,
      confirmed: { at: stage.clock.now(), workspace_id: OWN_WORKSPACE },
    })
    expect(stage.asked).toEqual([])
    await stage.restart()
    expect(stage.pairing.secrets()).toEqual([FIRST])
    expect(stage.pairing.view()).toEqual({ until: null, tokens: [], isPaired: true, confirmed: null })
  })

  test('chooses between several, and only among those that came', async () => {
    const { pairing } = await openWith([FIRST, SECOND])
    expect(await pairing.confirm(THIRD)).toBe(false)
    expect(await pairing.confirm('')).toBe(false)
    expect(pairing.secrets()).toEqual([])
    expect(await pairing.confirm(SECOND)).toBe(true)
    expect(pairing.secrets()).toEqual([SECOND])
    expect(await pairing.confirm(FIRST)).toBe(false)
    expect(pairing.secrets()).toEqual([SECOND])
  })

  test('is right as well where the token’s first event was quicker, and nothing is told twice', async () => {
    const { pairing, event, changes } = await openWith([FIRST])
    expect(await event(FIRST)).toBe('confirmed')
    expect(await pairing.confirm(FIRST)).toBe(true)
    expect(changes).toEqual([handshake(FIRST), PAIRED])
  })

  test('need not wait for Notion to have told its workspace', async () => {
    const { pairing, changes } = await openWith([FIRST], { workspaceId: null })
    expect(await pairing.confirm(FIRST)).toBe(true)
    expect(changes.at(-1)).toEqual({ kind: 'paired', workspaceId: null })
  })

  test('is told of a disk that refuses; nobody is paired, and it can be said again', async () => {
    const { pairing, breakDisk, onDisk, changes } = await openWith([FIRST])
    breakDisk(true)
    await expect(pairing.confirm(FIRST)).rejects.toThrow('no space left')
    expect([pairing.secrets(), onDisk(), pairing.isOpen()]).toEqual([[], [], true])
    breakDisk(false)
    expect(await pairing.confirm(FIRST)).toBe(true)
    expect(changes).toEqual([handshake(FIRST), PAIRED])
  })
})

test('tokens can be seen for ten seconds after the end, by who asks now and then; they count no more', async () => {
  const { pairing, clock, event } = await openWith([FIRST])
  expect(await event(FIRST)).toBe('confirmed')
  clock.advance(9_999)
  expect(pairing.view()).toMatchObject({ until: null, tokens: [{ token: FIRST, suspicious: false }] })
  clock.advance(1)
  expect(pairing.view().tokens).toEqual([])
})

describe('disconnect', () => {
  test('forgets every secret and every token, for later starts as well, and ends the time for pairing', async () => {
    const stage = await openWith([FIRST])
    await stage.event(FIRST)
    stage.pairing.open()
    stage.pairing.handshake(SECOND)
    await stage.pairing.disconnect()
    expect([stage.pairing.secrets(), stage.onDisk(), stage.pairing.isOpen()]).toEqual([[], [], false])
    expect(stage.pairing.view()).toMatchObject({ isPaired: false, tokens: [] })
    expect(await stage.event(SECOND)).toBe('stranger')
    for (const token of [FIRST, SECOND]) expect(await stage.pairing.confirm(token)).toBe(false)
    await stage.restart()
    expect(stage.pairing.secrets()).toEqual([])
  })

  test('is told of a disk that refuses: nothing was changed, an open pairing and its tokens included', async () => {
    const { pairing, event, breakDisk, onDisk } = await openWith([FIRST])
    await event(FIRST)
    pairing.open()
    pairing.handshake(SECOND)
    breakDisk(true)
    await expect(pairing.disconnect()).rejects.toThrow('no space left')
    expect([pairing.secrets(), onDisk(), pairing.isOpen()]).toEqual([[FIRST], [FIRST], true])
    breakDisk(false)
    expect(await event(SECOND)).toBe('confirmed')
  })

  test('has the last word over a proof that was under way', async () => {
    const { pairing, event, silentNotion, onDisk } = await openWith([FIRST])
    const notion = silentNotion()
    const proven = event(FIRST)
    await notion.asked
    const disconnected = pairing.disconnect()
    notion.answer({ workspaceId: OWN_WORKSPACE })
    await Promise.all([proven, disconnected])
    expect([pairing.secrets(), onDisk()]).toEqual([[], []])
    expect(await pairing.eventSignedBy(anEvent(), signBody(anEvent(), FIRST))).toBe('stranger')
  })
})
