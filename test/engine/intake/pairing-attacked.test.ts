import { expect, onTestFinished, test } from 'vitest'
import { createProof } from '../../../electron/engine/intake/proof.ts'
import { eventFor } from '../../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { createIntake } from '../../support/admission.ts'
import { JSON_TYPE, signed, startListener } from '../../support/listener.ts'
import { notionAt } from '../../support/notion-at.ts'
import { notionId } from '../../support/notion-ids.ts'
import { createPairingStage, handshakeBody, MINUTE_MS, tokenNumber } from '../../support/pairing-stage.ts'

const [OURS, FORGED] = [tokenNumber(1), tokenNumber(2)] as const

/** Everything behind the public address is real; Notion is the simulator, and time the test's. */
const underAttack = async () => {
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 3, requestsPerMinute: null })
  onTestFinished(() => simulator.stop())
  const { workspace } = simulator
  const stage = await createPairingStage()
  stage.notionSays(createProof({ notion: notionAt(simulator.url), workspaceId: () => workspace.id }))
  const { admit } = createIntake()
  const { send } = await startListener({ pairing: stage.pairing, admit })
  const post = async (body: Buffer, secret: string | null) => {
    const signature = secret === null ? [] : [signed(body, secret)]
    const answer = await send({ headers: [JSON_TYPE, ...signature], body })
    return { status: answer.status, answer: (JSON.parse(answer.body) as { status: string }).status }
  }
  const event = (overrides: Parameters<typeof eventFor>[3] = {}): Buffer => {
    const [page] = workspace.pageIds('Actionable Tasks')
    return Buffer.from(JSON.stringify(eventFor(workspace, 'page.created', page!, overrides)))
  }
  return { simulator, workspace, stage, pairing: stage.pairing, post, event, token: handshakeBody }
}

const REFUSED = { status: 401, answer: 'rejected' }
const WAITS = { status: 200, answer: 'pairing' }
const QUEUED = { status: 200, answer: 'queued' }
const IGNORED = { status: 200, answer: 'ignored' }
const LATER = { status: 503, answer: 'unavailable' }

test('forged handshakes before, during and after a pairing change nothing, and are seen', async () => {
  const { stage, pairing, post, event, token } = await underAttack()
  const forge = () => post(token(FORGED), FORGED)
  expect(await forge()).toEqual(REFUSED)
  expect(await post(event(), FORGED)).toEqual(REFUSED)

  pairing.open()
  expect(await post(token(OURS), OURS)).toEqual(WAITS)
  expect(await forge()).toEqual(WAITS)
  expect(stage.changes.at(-1)).toEqual({ kind: 'handshake', token: FORGED, suspicious: true })
  // Whatever is sent with either, a person decides.
  expect(await post(event(), FORGED)).toEqual(LATER)
  expect(await post(event(), OURS)).toEqual(LATER)
  expect(pairing.secrets()).toEqual([])
  expect(await pairing.confirm(OURS)).toBe(true)

  expect(await forge()).toEqual(REFUSED)
  expect(await post(token(FORGED), null)).toEqual(REFUSED)
  expect(await post(event(), FORGED)).toEqual(REFUSED)
  expect(await post(event(), OURS)).toEqual(QUEUED)
  expect(await pairing.confirm(FORGED)).toBe(false)
  expect([pairing.secrets(), stage.onDisk()]).toEqual([[OURS], [OURS]])
})

test('a forged handshake that comes first makes ours the suspicious one, and confirms neither', async () => {
  const { stage, pairing, post, event, token } = await underAttack()
  pairing.open()
  expect(await post(token(FORGED), FORGED)).toEqual(WAITS)
  expect(await post(token(OURS), OURS)).toEqual(WAITS)
  expect(pairing.view().tokens.map(({ suspicious }) => suspicious)).toEqual([false, true])
  expect(await post(event(), FORGED)).toEqual(LATER)
  expect(stage.asked).toEqual([])
  expect(pairing.secrets()).toEqual([])
})

test('what was recorded of an earlier pairing is worth nothing when it is replayed', async () => {
  const { pairing, post, event, token, stage } = await underAttack()
  const old = { token: token(FORGED), event: event() }
  pairing.open()
  await post(old.token, FORGED)
  expect(await post(old.event, FORGED)).toEqual(QUEUED)
  expect(pairing.secrets()).toEqual([FORGED])
  await pairing.disconnect()
  // Recorded, and sent again as it was.
  expect(await post(old.event, FORGED)).toEqual(REFUSED)
  expect(await post(old.token, FORGED)).toEqual(REFUSED)

  pairing.open()
  expect(await post(token(OURS), OURS)).toEqual(WAITS)
  expect(await post(old.event, FORGED)).toEqual(REFUSED)
  expect(await post(event(), OURS)).toEqual(QUEUED)
  expect(await post(old.token, FORGED)).toEqual(REFUSED)
  expect(await post(old.event, FORGED)).toEqual(REFUSED)
  expect([pairing.secrets(), stage.onDisk()]).toEqual([[OURS], [OURS]])
})

test('a handshake sent again and again is one token, and its event confirms it all the same', async () => {
  const { stage, pairing, post, event, token } = await underAttack()
  pairing.open()
  for (let nth = 0; nth < 20; nth += 1) expect(await post(token(OURS), nth % 2 === 0 ? OURS : null)).toEqual(WAITS)
  expect(stage.changes).toHaveLength(1)
  expect(await post(event(), OURS)).toEqual(QUEUED)
  expect(await post(token(OURS), OURS)).toEqual(IGNORED)
  expect(pairing.secrets()).toEqual([OURS])
})

test('an event of a stranger’s workspace, or that names nothing readable, is 401, and uses nothing up', async () => {
  const { workspace, pairing, post, event, token } = await underAttack()
  pairing.open()
  await post(token(OURS), OURS)
  const strange = notionId(0xbad)
  const nowhere = { entityId: strange, parent: { id: strange, type: 'database', data_source_id: strange } }
  for (const forged of [
    event({ workspaceId: strange }),
    event({ workspaceId: strange, ...nowhere }),
    event(nowhere),
    Buffer.from(JSON.stringify({ id: 'e1', type: 'page.created' })),
    Buffer.from(JSON.stringify({ id: 'e1', type: 'page.created', workspace_id: workspace.id })),
    Buffer.from('{"verification_token":"no token"}'),
    Buffer.from('no JSON'),
    Buffer.from(''),
  ]) {
    expect(await post(forged, OURS), String(forged)).toEqual(REFUSED)
  }
  expect(pairing.secrets()).toEqual([])
  expect(await post(event(), OURS)).toEqual(QUEUED)
  expect(pairing.secrets()).toEqual([OURS])
})

test('hundreds of forged tokens cost bounded room: those beyond are told to come again, and nothing is confirmed', async () => {
  const { stage, pairing, post, event, token } = await underAttack()
  pairing.open()
  const forged = Array.from({ length: 300 }, (_, nth) => tokenNumber(1_000 + nth))
  const answers = []
  for (const each of forged) answers.push(await post(token(each), each))
  expect(answers).toEqual([...Array<object>(16).fill(WAITS), ...Array<object>(284).fill(LATER)])
  expect([stage.changes.length, pairing.view().tokens.length]).toEqual([16, 16])
  // Ours comes too late for this window; Notion shows that it was not taken, and sends it again when asked to.
  expect(await post(token(OURS), OURS)).toEqual(LATER)
  for (const each of [forged[0]!, forged[15]!]) expect(await post(event(), each)).toEqual(LATER)
  for (const each of [forged[16]!, OURS]) expect(await post(event(), each)).toEqual(REFUSED)
  expect([stage.asked, pairing.secrets()]).toEqual([[], []])
  // A token that waits already is no new one.
  expect(await post(token(forged[0]), forged[0]!)).toEqual(WAITS)
  pairing.open()
  expect(await post(token(OURS), OURS)).toEqual(WAITS)
  expect(await post(event(), OURS)).toEqual(QUEUED)
  expect(pairing.secrets()).toEqual([OURS])
})

test('a Notion that is silent for longer than 5 s is answered for with 503, and what it says later confirms nothing', async () => {
  const { simulator, stage, pairing, post, event, token } = await underAttack()
  pairing.open()
  await post(token(OURS), OURS)
  const isAsked = Promise.withResolvers<undefined>()
  const release = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async () => {
    isAsked.resolve(undefined)
    await release.promise
  })
  const delivered = post(event(), OURS)
  await isAsked.promise
  stage.clock.advance(5_000)
  expect(await delivered).toEqual(LATER)
  simulator.beforeAnswer(null)
  release.resolve(undefined)
  await stage.settled()
  expect([pairing.secrets(), stage.onDisk()]).toEqual([[], []])
  expect(await post(event(), OURS)).toEqual(QUEUED)
  expect(pairing.secrets()).toEqual([OURS])
})

test('a window that ends takes everything that waited with it, an event that is just being judged included', async () => {
  const { simulator, stage, pairing, post, event, token } = await underAttack()
  pairing.open()
  await post(token(OURS), OURS)
  stage.clock.advance(15 * MINUTE_MS - 1)
  const isAsked = Promise.withResolvers<undefined>()
  const release = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async () => {
    isAsked.resolve(undefined)
    await release.promise
  })
  const delivered = post(event(), OURS)
  await isAsked.promise
  stage.clock.advance(1)
  release.resolve(undefined)
  expect(await delivered).toEqual(REFUSED)
  expect(await post(event(), OURS)).toEqual(REFUSED)
  expect([pairing.secrets(), stage.onDisk()]).toEqual([[], []])
})

test('rotation over the wire: both secrets are valid until the first event of the new one, which no handshake is', async () => {
  const { stage, pairing, post, event, token } = await underAttack()
  const next = tokenNumber(3)
  pairing.open()
  await post(token(OURS), OURS)
  await post(event(), OURS)
  pairing.open()
  expect(await post(token(next), next)).toEqual(WAITS)
  expect(await post(event(), OURS)).toEqual(QUEUED)
  await pairing.confirm(next)
  for (const secret of [OURS, next]) expect(await post(token(secret), secret)).toEqual(IGNORED)
  expect(await post(event(), OURS)).toEqual(QUEUED)
  expect(pairing.secrets()).toEqual([next, OURS])
  expect(await post(event(), next)).toEqual(QUEUED)
  await stage.settled()
  expect(await post(event(), OURS)).toEqual(REFUSED)
  expect(await post(event(), next)).toEqual(QUEUED)
})

test('a disk that refuses to keep the secret is answered for with 503, and the next event confirms', async () => {
  const { stage, pairing, post, event, token } = await underAttack()
  pairing.open()
  await post(token(OURS), OURS)
  stage.breakDisk(true)
  const first = event()
  expect(await post(first, OURS)).toEqual(LATER)
  expect(pairing.secrets()).toEqual([])
  stage.breakDisk(false)
  expect(await post(first, OURS)).toEqual(QUEUED)
  expect(stage.onDisk()).toEqual([OURS])
})
