import { describe, expect, test } from 'vitest'
import { createRefusedDeliveries } from '../../../electron/engine/intake/refused.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WHERE = 'settings.yaml:3: webhook.secret'

const refusing = ({ isPaired = true, fixedAt = null }: { isPaired?: boolean; fixedAt?: string | null } = {}) => {
  const clock = createManualClock()
  const log = createRecordedLog()
  const refused = createRefusedDeliveries({ clock, log, isPaired: () => isPaired, fixedAt })
  const codes = (): readonly string[] => refused.problems().map(({ code }) => code)
  const only = (): string => {
    const [problem, ...others] = refused.problems()
    if (problem === undefined || others.length > 0) throw new Error('It is not one problem')
    return `${problem.severity} ${problem.message}`
  }
  return { refused, clock, log, codes, only }
}

describe('a delivery that is signed with another secret than ours', () => {
  test('is told, with what to do, until one is accepted: a wrong secret looks like a stranger', () => {
    const { refused, clock, only, codes } = refusing()
    expect(codes()).toEqual([])
    refused.strange(null)
    expect(only()).toBe(
      'notice Since 2026-11-23T12:00:00.000Z a signed delivery was refused, and none accepted: the signature was not made with the secret that is known here. If an older subscription of yours still sends, delete that one in Notion. If it is the only one, delete the subscription in Notion, make a new one, and pair it: npm run headless -- pair. Otherwise somebody tries to forge deliveries, and nothing of it was taken. This goes with the next delivery that is accepted.',
    )
    clock.advance(30 * MINUTE)
    refused.strange(null)
    expect(only()).toMatch(/^notice Since 2026-11-23T12:00:00\.000Z 2 signed deliveries were refused/)
    refused.accepted()
    expect(codes()).toEqual([])
  })

  test('turns the light red with the third one, where none was ever accepted', () => {
    const { refused, only } = refusing()
    for (let nth = 0; nth < 3; nth += 1) refused.strange(null)
    expect(only()).toMatch(/^failure Since .* 3 signed deliveries/)
  })

  test('turns it red once it has lasted, where others were accepted before: a stranger may come at any time', () => {
    const { refused, clock, only } = refusing()
    refused.accepted()
    for (let nth = 0; nth < 100; nth += 1) refused.strange(null)
    expect(only()).toMatch(/^notice Since .* 100 signed deliveries/)
    clock.advance(10 * MINUTE)
    // Time alone is no sign: nothing came in it.
    expect(only()).toMatch(/^notice/)
    refused.strange(null)
    expect(only()).toMatch(/^failure Since .* 101 signed deliveries/)
  })

  test('is judged anew with a secret that was paired after others were accepted', () => {
    const { refused, only } = refusing()
    refused.accepted()
    refused.changed()
    for (let nth = 0; nth < 3; nth += 1) refused.strange(null)
    expect(only()).toMatch(/^failure/)
  })

  test('says where the secret is to be corrected, if the settings give it', () => {
    const { refused, only } = refusing({ fixedAt: WHERE })
    refused.strange(null)
    expect(only()).toContain(`correct ${WHERE} and start again; or remove it, start again, delete the subscription`)
  })

  test('is nothing new where no secret is known at all, which is told already', () => {
    const { refused, codes } = refusing({ isPaired: false })
    refused.strange(null)
    expect(codes()).toEqual([])
  })

  test('says nothing of a secret that was paired after it', () => {
    const { refused, codes } = refusing()
    for (const tell of [refused.strange, refused.former, refused.unconfirmed, refused.handshake]) tell(null)
    expect(codes()).toHaveLength(4)
    refused.changed()
    expect(codes()).toEqual([])
  })

  test('is news again where another secret was paired: it may have been the wrong one', () => {
    const { refused, only } = refusing()
    const three = (): void => {
      for (const eventId of ['e1', 'e2', 'e3']) refused.strange(eventId)
    }
    three()
    refused.changed()
    three()
    expect(only()).toMatch(/^failure Since .* 3 signed deliveries/)
  })

  test('is counted anew where the one before was more than a day ago: a stranger now and then is no fault', () => {
    const { refused, clock, only } = refusing()
    refused.accepted()
    for (let nth = 0; nth < 10; nth += 1) {
      refused.strange(null)
      clock.advance(24 * HOUR + 1)
    }
    expect(only()).toMatch(/^notice Since .* a signed delivery was refused/)
  })
})

test('a subscription of before that still sends is worth knowing, and a fault once it is the only one that sends', () => {
  const { refused, clock, only, codes } = refusing()
  refused.accepted()
  for (let nth = 0; nth < 3; nth += 1) refused.former(null)
  expect(only()).toMatch(
    /^notice Since .* 3 signed deliveries were refused.* Delete the older subscription in Notion\. If it is the only/,
  )
  clock.advance(10 * MINUTE)
  refused.former(null)
  expect(only()).toMatch(/^failure Since .* 4 signed deliveries/)
  refused.accepted()
  expect(codes()).toEqual([])
})

describe('repetitions', () => {
  const repeated = (tell: (eventId: string) => void, clock: { advance(ms: number): void }, eventId: string): void => {
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      tell(eventId)
      clock.advance(30 * MINUTE)
    }
  }

  test('of one delivery do not look like many, beside a secret that others are accepted with', () => {
    const { refused, clock, only, codes } = refusing()
    refused.accepted()
    repeated(refused.strange, clock, 'e1')
    expect(only()).toMatch(/^notice Since .* a signed delivery was refused/)
    refused.accepted()
    repeated(refused.strange, clock, 'e1')
    repeated(refused.former, clock, 'e2')
    expect(codes()).toEqual(['former-subscription'])
    expect(only()).toMatch(/^notice Since .* a signed delivery was refused/)
  })

  test('of one delivery are a fault after an hour, where none was ever accepted: a stranger does not go on so long', () => {
    const { refused, clock, only } = refusing()
    repeated(refused.strange, clock, 'e1')
    expect(only()).toMatch(/^failure Since .* a signed delivery was refused/)
  })

  test('of several deliveries are as many, whenever their first attempts were: this computer may have slept', () => {
    const { refused, only } = refusing()
    for (const eventId of ['e1', 'e2', 'e2', 'e3']) refused.strange(eventId)
    expect(only()).toMatch(/^failure Since .* 3 signed deliveries/)
  })

  test('are known as such in bounded room, the newest of them', () => {
    const { refused, only } = refusing()
    for (let nth = 0; nth < 1_001; nth += 1) refused.strange(`e${nth}`)
    refused.strange('e1000')
    expect(only()).toContain('1001 signed deliveries')
    refused.strange('e0')
    expect(only()).toContain('1002 signed deliveries')
  })
})

test('a delivery of ours whose token nobody confirmed is told for a day, whatever the secret of before still brings', () => {
  const { refused, clock, codes, only } = refusing()
  refused.unconfirmed()
  refused.accepted()
  expect(only()).toMatch(
    /^failure .*pair --confirm TOKEN\. Or delete that subscription in Notion: this goes a day after its last delivery\.$/,
  )
  clock.advance(24 * HOUR - 1)
  expect(codes()).toEqual(['token-unconfirmed'])
  clock.advance(1)
  expect(codes()).toEqual([])
})

test.each([
  [null, /Notion, open it \(npm run headless -- pair\) and let Notion send the token again\.$/],
  [WHERE, /Notion, remove settings\.yaml:3: webhook\.secret, start again, open it/],
])('a token that comes while nobody pairs is no fault, and told for an hour (%s)', (fixedAt, told) => {
  const { refused, clock, codes, only } = refusing({ fixedAt })
  refused.handshake()
  expect(only()).toMatch(/^notice A token of a subscription came at 2026-11-23T12:00:00\.000Z and was refused/)
  expect(only()).toMatch(told)
  clock.advance(HOUR)
  expect(codes()).toEqual([])
})

test('the log has one line of each kind an hour, however many a stranger sends', () => {
  const { refused, clock, log } = refusing()
  const all = (): void => {
    for (const tell of [refused.strange, refused.former, refused.unconfirmed, refused.handshake]) tell(null)
  }
  for (let nth = 0; nth < 100; nth += 1) all()
  expect(log.lines).toHaveLength(4)
  refused.accepted()
  clock.advance(HOUR - 1)
  all()
  expect(log.lines).toHaveLength(4)
  clock.advance(1)
  all()
  expect(log.lines).toHaveLength(8)
})
