import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Proof } from '../../../electron/engine/intake/pairing.ts'
import { type Act, createPairingModel, type Meanwhile, type Queued, type Verdict } from '../../support/pairing-model.ts'
import {
  anEvent,
  createPairingStage,
  MINUTE_MS,
  OWN_WORKSPACE,
  type PairingStage,
  tokenNumber,
} from '../../support/pairing-stage.ts'
import { signBody } from '../../../electron/simulator/deliveries.ts'

const aToken = fc.constantFrom(1, 1, 1, 2, 3)
const minutes = fc.constantFrom(1, 7, 14, 15, 16)

const aMeanwhile: fc.Arbitrary<Meanwhile> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('handshake' as const), token: aToken }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sleep' as const), minutes }) },
)

const aQueued: fc.Arbitrary<Queued> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('confirm' as const), token: aToken }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disconnect' as const) }) },
)

const anEventAct: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('event' as const),
  token: aToken,
  verdict: fc.constantFrom<Verdict>('own', 'own', 'own', 'foreign', 'unanswered', 'late'),
  meanwhile: fc.oneof(fc.constant([]), fc.array(aMeanwhile, { maxLength: 3 })),
  queued: fc.oneof(fc.constant([]), fc.array(aQueued, { maxLength: 2 })),
})

const anAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('open' as const) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('handshake' as const), token: aToken }) },
  { weight: 8, arbitrary: anEventAct },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('confirm' as const), token: aToken }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('pass' as const, 'sleep' as const), minutes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disconnect' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('break-disk' as const), isBroken: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
)

const ANSWERS: Readonly<Record<Verdict, Awaited<ReturnType<Proof>>>> = {
  own: { workspaceId: OWN_WORKSPACE },
  foreign: 'refused',
  unanswered: null,
  late: { workspaceId: OWN_WORKSPACE },
}

/** As the listener does it: what a secret signed is told as used, all else is asked about. */
const receive = async (stage: PairingStage, token: string): Promise<void> => {
  const raw = anEvent()
  if (stage.pairing.secrets().includes(token)) stage.pairing.used(token, raw)
  else await stage.pairing.eventSignedBy(raw, signBody(raw, token))
}

const apply = async (stage: PairingStage, act: Act): Promise<void> => {
  switch (act.kind) {
    case 'open':
      stage.pairing.open()
      break
    case 'handshake':
      stage.pairing.handshake(tokenNumber(act.token))
      break
    case 'confirm':
      await stage.pairing.confirm(tokenNumber(act.token)).catch(() => false)
      break
    case 'pass':
      stage.clock.advance(act.minutes * MINUTE_MS)
      break
    case 'sleep':
      stage.sleepMachine(act.minutes * MINUTE_MS)
      break
    case 'disconnect':
      await stage.pairing.disconnect().catch(() => undefined)
      break
    case 'break-disk':
      stage.breakDisk(act.isBroken)
      break
    case 'restart':
      await stage.restart()
      break
    case 'event': {
      const notion = stage.silentNotion()
      const received = receive(stage, tokenNumber(act.token))
      // It ends without Notion where there is nothing to be proven.
      await Promise.race([notion.asked, received])
      const isAsked = stage.asked.length > 0
      if (isAsked) for (const each of act.meanwhile) await apply(stage, each)
      const queued = act.queued.map((each) => apply(stage, each))
      if (act.verdict === 'late' && isAsked) stage.clock.advance(5_000)
      notion.answer(ANSWERS[act.verdict])
      await received
      await Promise.all(queued)
      stage.asked.length = 0
      break
    }
    default:
      act satisfies never
  }
}

/** A chance at a change: of single acts alone few sequences would come to one. */
const aChance: fc.Arbitrary<readonly Act[]> = fc
  .record({ token: aToken, later: fc.array(fc.oneof(anEventAct, anAct), { minLength: 1, maxLength: 3 }) })
  .map(({ token, later }) => [{ kind: 'open' }, { kind: 'handshake', token }, ...later])

const sequence = fc
  .array(
    fc.oneof(
      aChance,
      anAct.map((act) => [act]),
    ),
    { minLength: 3, maxLength: 12 },
  )
  .map((parts): readonly Act[] => parts.flat())

test('the secret never changes without a person, or the full proof of exactly one token, whatever happens in which order', async () => {
  let runs = 0
  let changes = 0
  await fc.assert(
    fc.asyncProperty(sequence, async (acts) => {
      const stage = await createPairingStage()
      const model = createPairingModel()
      for (const act of acts) {
        const before = stage.pairing.secrets()
        await apply(stage, act)
        await stage.settled()
        model.act(act)
        const secrets = stage.pairing.secrets()
        expect(secrets).toEqual(model.secrets().map(tokenNumber))
        expect(stage.onDisk()).toEqual(secrets)
        // What nobody's act and no event can have brought about, the model aside.
        const came = secrets.filter((secret) => !before.includes(secret))
        if (came.length > 0) {
          if (act.kind !== 'confirm' && act.kind !== 'event') throw new Error(`${act.kind} made a secret`)
          const byPersons = act.kind === 'event' ? act.queued : [act]
          const confirmed = byPersons.flatMap((each) => (each.kind === 'confirm' ? [each.token] : []))
          const proven = act.kind === 'event' && act.verdict === 'own' ? [act.token] : []
          for (const secret of came) expect([...confirmed, ...proven].map(tokenNumber)).toContain(secret)
          changes += 1
        }
      }
      expect(stage.changes.filter(({ kind }) => kind === 'paired')).toHaveLength(model.confirmations())
      runs += 1
    }),
    { numRuns: 600 },
  )
  // It says something only where secrets did change.
  expect(changes).toBeGreaterThan(runs / 2)
})
