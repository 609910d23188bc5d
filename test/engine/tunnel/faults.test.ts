import { describe, expect, test } from 'vitest'
import { createManualClock } from '../../support/manual-clock.ts'
import { createNgrok } from '../../../electron/engine/tunnel/ngrok.ts'
import { createProbe } from '../../../electron/engine/tunnel/probe.ts'
import type { ProbeReply, ProbeRequests } from '../../../electron/engine/tunnel/probe-requests.ts'
import { createNgrokLibrary } from '../../support/ngrok-library.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'
import { startTunnelStage } from '../../support/tunnel-stage.ts'

/** Each of ngrok's known errors, and the words by which a person knows what to do. */
const SIGNALLED: readonly (readonly [code: number, words: RegExp])[] = [
  [105, /refuses the authtoken\. Copy it anew/],
  [106, /refuses the authtoken\. Copy it anew/],
  [107, /refuses the authtoken\. Copy it anew/],
  [108, /no room for another agent\. Stop ngrok where else it runs/],
  [313, /not reserved for this ngrok account\. Reserve it/],
  [334, /already online elsewhere\. Stop ngrok there/],
  [725, /quota of this ngrok account is used up\. Wait/],
  [727, /quota of this ngrok account is used up\. Wait/],
  [4018, /needs an authtoken\. Make an account/],
]

/** Errors that the public address answers with, in our place. */
const ANSWERED: readonly (readonly [code: number, words: RegExp])[] = [
  [3200, /the tunnel is offline.*It is being opened anew/],
  [8012, /nothing answers there at the webhook’s port\. Check/],
  [727, /quota of this ngrok account is used up\. Wait/],
]

/** An error as the library throws it, constructed here: ngrok's service is not asked. */
const constructedError = (code: number): Error =>
  Object.assign(new Error(`failed to connect session: refused\r\n\r\nERR_NGROK_${code}\r\n`), {
    code: 'GenericFailure',
    errorCode: `ERR_NGROK_${code}`,
  })

/** A supervisor at ngrok's provider with a constructed library, and a probe whose requests a test answers. */
const startNgrokStage = () => {
  const state: { error: Error | null; reply: ProbeReply | null; lose: (() => boolean) | null } = {
    error: null,
    reply: null,
    lose: null,
  }
  const library = createNgrokLibrary()
  const answerAll = async (): Promise<void> => {
    for (;;) {
      const forwarding = await library.next()
      state.lose = forwarding.lose
      if (state.error === null) forwarding.open('https://name.test')
      else forwarding.refuse(state.error)
    }
  }
  void answerAll()
  const provider = createNgrok({
    authtoken: 'a-token',
    domain: null,
    localAddress: '127.0.0.1:8000',
    path: '/webhooks/notion',
    clock: createManualClock(),
    log: createRecordedLog(),
    load: library.load,
  })
  const requests: ProbeRequests = {
    post: (_address, header) =>
      Promise.resolve(
        state.reply ?? { kind: 'answer', status: 200, ngrokCode: null, body: JSON.stringify(probe.answer(header)) },
      ),
  }
  const probe = createProbe(requests, 'ngrok')
  const stage = startTunnelStage({ provider, probe })
  return { ...stage, faults: state }
}

const STEP_AND_5_S_MS = 65_000

/** How long after the fault's end the tunnel is back (ms), with the step that it waited at most. */
const timeToRecover = async (stage: ReturnType<typeof startNgrokStage>): Promise<number> => {
  const endedAt = stage.clock.now()
  while (stage.state() !== 'reachable' && stage.clock.now() - endedAt < 10 * STEP_AND_5_S_MS) await stage.pass(500)
  return stage.clock.now() - endedAt
}

describe('a fault that ngrok signals', () => {
  test.each(SIGNALLED)('ERR_NGROK_%i while it opens: told at once, back within a step', async (code, words) => {
    const stage = startNgrokStage()
    await stage.settled()
    expect(stage.state()).toBe('reachable')
    stage.faults.error = constructedError(code)
    stage.faults.lose?.()
    await stage.pass(5_000, 500)
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toMatch(words)
    await stage.pass(10 * 60_000, 1_000)
    expect(stage.message()).toMatch(words)
    stage.faults.error = null
    expect(await timeToRecover(stage)).toBeLessThanOrEqual(STEP_AND_5_S_MS)
    expect(stage.message()).toBeNull()
  })

  test.each(ANSWERED)('ERR_NGROK_%i at the public address: told by the next probe', async (code, words) => {
    const stage = startNgrokStage()
    await stage.settled()
    stage.faults.reply = { kind: 'answer', status: 404, ngrokCode: `ERR_NGROK_${code}`, body: 'a page for people' }
    await stage.pass(2 * 60_000, 1_000)
    expect(stage.state()).toBe('unreachable')
    expect(stage.message()).toMatch(words)
    await stage.pass(5 * 60_000, 1_000)
    stage.faults.reply = null
    expect(await timeToRecover(stage)).toBeLessThanOrEqual(STEP_AND_5_S_MS)
  })

  test('a connection that is lost is told at once and is back after a second', async () => {
    const stage = startNgrokStage()
    await stage.pass(10 * 60_000, 60_000)
    stage.faults.lose?.()
    await stage.settled()
    expect(stage.message()).toMatch(/^The connection to ngrok was lost/)
    expect(await timeToRecover(stage)).toBeLessThanOrEqual(6_000)
  })
})

test('a public address that falls silent is told by the next probe, and back within a step', async () => {
  const stage = startNgrokStage()
  await stage.settled()
  stage.faults.reply = { kind: 'time-out' }
  await stage.pass(2 * 60_000, 1_000)
  expect(stage.state()).toBe('unreachable')
  expect(stage.message()).toMatch(/does not answer\. Check/)
  await stage.pass(5 * 60_000, 1_000)
  stage.faults.reply = null
  expect(await timeToRecover(stage)).toBeLessThanOrEqual(STEP_AND_5_S_MS)
})
