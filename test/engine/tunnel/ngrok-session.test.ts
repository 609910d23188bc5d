import { describe, expect, test } from 'vitest'
import { WEBHOOK_PATH } from '../../../electron/engine/intake/listener.ts'
import { JSON_TYPE, QUEUED, signed } from '../../support/listener.ts'
import type { RefusalCode } from '../../support/ngrok-server/refusals.ts'
import type { NgrokServer } from '../../support/ngrok-server/server.ts'
import { AUTHTOKEN, startNgrokStage } from '../../support/ngrok-server/stage.ts'
import { until } from '../../support/until.ts'

const SOON_MS = 2_000

/** The library brought a session back by itself. */
const untilBack = (server: NgrokServer): Promise<void> =>
  until('it comes back', () => server.agents.some(({ isReturning }) => isReturning), SOON_MS)

describe('ngrok’s library opens a session', () => {
  test('with the certificates of the system, where ngrok’s own do not fit', async () => {
    const { server, open } = await startNgrokStage()
    expect(await open()).toMatchObject({ ok: true })
    expect(server.openAgents()).toHaveLength(1)
  })

  test('whose address ends with the webhook’s path, and lets nothing else pass', async () => {
    const { server, opened } = await startNgrokStage()
    const { address } = await opened()
    expect(address).toBe(`${server.url}${WEBHOOK_PATH}`)
    const [endpoint] = server.endpoints()
    expect(endpoint).toMatchObject({ forwardsTo: 'Blackcore Sync' })
    expect(JSON.parse(endpoint?.trafficPolicy ?? '')).toEqual({
      on_http_request: [
        {
          expressions: [`req.method != 'POST' || req.url.path != '${WEBHOOK_PATH}'`],
          actions: [{ type: 'deny', config: { status_code: 404 } }],
        },
      ],
    })
  })

  test('through which a delivery reaches our listener whole, and its answer comes back', async () => {
    const { listener, opened } = await startNgrokStage()
    const { address } = await opened()
    // More than a stream carries before its reader gives room anew.
    const body = JSON.stringify({ text: 'x'.repeat(600_000) })
    const answer = await fetch(address, { method: 'POST', headers: [[...JSON_TYPE], [...signed(body)]], body })
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: QUEUED })
    expect(listener.admitted.map((raw) => raw.toString('utf8') === body)).toEqual([true])
  })

  test('whose endpoint is taken down when the tunnel is closed', async () => {
    const { server, lost, opened } = await startNgrokStage()
    const tunnel = await opened()
    expect(server.endpoints()).toHaveLength(1)
    await tunnel.close()
    expect(server.endpoints()).toEqual([])
    const { status, headers } = await fetch(tunnel.address, { method: 'POST' })
    expect({ status, code: headers.get('ngrok-error-code') }).toEqual({ status: 404, code: 'ERR_NGROK_3200' })
    expect(lost).toEqual([])
  })

  test('of its own for each opening', async () => {
    const { server, opened } = await startNgrokStage()
    const first = await opened()
    await first.close()
    await opened()
    const [before, after] = server.agents
    expect(server.agents).toHaveLength(2)
    expect(after).toMatchObject({ isReturning: false, isOpen: true })
    expect(after?.clientId).not.toBe(before?.clientId)
    expect(server.endpoints()).toHaveLength(1)
  })
})

describe('what ngrok refuses, in its own words and at its own place,', () => {
  const REFUSED: readonly (readonly [code: RefusalCode, words: RegExp])[] = [
    ['ERR_NGROK_105', /refuses the authtoken\. Copy it anew/],
    ['ERR_NGROK_108', /no room for another agent\. Stop ngrok where else it runs/],
    ['ERR_NGROK_334', /already online elsewhere\. Stop ngrok there/],
  ]
  test.each(REFUSED)('is told as what it is, without the token: %s', async (code, words) => {
    const { server, open, opened } = await startNgrokStage()
    server.refuseWith(code)
    const opening = await open()
    expect(opening).toEqual({ ok: false, failure: { code, message: expect.stringMatching(words) as unknown } })
    expect(JSON.stringify(opening)).not.toContain(AUTHTOKEN)
    server.refuseWith(null)
    await opened()
    expect(server.endpoints()).toHaveLength(1)
  })
})

describe('a connection to ngrok that ends', () => {
  test('is reported at once when it is cut', async () => {
    const { server, lost, opened } = await startNgrokStage()
    await opened()
    server.dropConnections()
    await until('it is lost', () => lost.length > 0, SOON_MS)
    expect(lost[0]).toMatchObject({ code: 'lost' })
  })

  test('is reported at once when nobody listens there any more, and is told as unreachable when it is opened anew', async () => {
    const { server, lost, open, opened } = await startNgrokStage()
    const tunnel = await opened()
    await server.stop()
    await until('it is lost', () => lost.length > 0, SOON_MS)
    await tunnel.close()
    expect(await open()).toMatchObject({ ok: false, failure: { code: 'unreachable' } })
  })

  test('is reported no more once the tunnel was closed', async () => {
    const { server, lost, opened } = await startNgrokStage()
    const tunnel = await opened()
    await tunnel.close()
    await server.stop()
    await server.reopen()
    await opened()
    expect(lost).toEqual([])
  })

  test('does not hold a close up: a tunnel whose ngrok is silent is left behind after two seconds', async () => {
    const { server, opened } = await startNgrokStage()
    const tunnel = await opened()
    server.fallSilent('those open')
    const startedAt = performance.now()
    await tunnel.close()
    expect(performance.now() - startedAt).toBeLessThan(2 * SOON_MS)
    expect(server.endpoints()).toHaveLength(1)
  })
})

describe('the supervisor with ngrok’s library', () => {
  test('is green once a probe came through the tunnel', async () => {
    const { server, supervise } = await startNgrokStage()
    const { supervisor, reachable, untilState } = supervise()
    await untilState('reachable')
    expect(supervisor.reach()).toMatchObject({ address: `${server.url}${WEBHOOK_PATH}`, message: null })
    expect(reachable).toEqual([`${server.url}${WEBHOOK_PATH}`])
  })

  test.each([
    ['ERR_NGROK_108', /no room for another agent/],
    ['ERR_NGROK_334', /already online elsewhere/],
  ] as const)('tells what ngrok refuses, and comes back by itself when it does no more: %s', async (code, words) => {
    const { server, supervise } = await startNgrokStage()
    server.refuseWith(code)
    const { untilState, untilTold } = supervise()
    await untilTold(words)
    await untilState('unreachable')
    server.refuseWith(null)
    await untilState('reachable')
  })

  test('opens all the same when ngrok answers late, and tells its silence until then', async () => {
    const { server, supervise } = await startNgrokStage()
    server.fallSilent('everyone')
    const { untilState, untilTold } = supervise()
    await untilTold(/gives no answer/)
    server.resume()
    await untilState('reachable')
  })
})

describe('a session of before', () => {
  test('does not come back by itself after its tunnel was closed', async () => {
    const { server, opened } = await startNgrokStage()
    const tunnel = await opened()
    await tunnel.close()
    server.dropConnections()
    await expect(untilBack(server)).rejects.toThrow()
  })

  test('does not come back by itself once it was reported as lost and closed', async () => {
    const { server, lost, opened } = await startNgrokStage()
    const tunnel = await opened()
    server.dropConnections()
    await until('it is lost', () => lost.length > 0, SOON_MS)
    await tunnel.close()
    await expect(untilBack(server)).rejects.toThrow()
  })

  test('does not stand in the way of the one that the supervisor opens after a cut', async () => {
    const { server, supervise } = await startNgrokStage()
    const { untilState, untilTold } = supervise()
    await untilState('reachable')
    server.dropConnections()
    await untilTold(/was lost/)
    await untilState('reachable', 3 * SOON_MS)
  })

  test('does not lend its token to another provider in the same process', async () => {
    const before = await startNgrokStage()
    await before.opened()
    const { server, open } = await startNgrokStage()
    expect(await open()).toMatchObject({ ok: true })
    expect(server.openAgents()).toHaveLength(1)
  })
})
