import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { childProgram, type ChildProgram } from '../../../electron/engine/foundation/child-program.ts'
import { createIsolatedNgrok } from '../../../electron/engine/tunnel/isolated-ngrok.ts'
import type { OpenTunnel, TunnelFailure } from '../../../electron/engine/tunnel/provider.ts'
import { JSON_TYPE, signed, startListener } from '../../support/listener.ts'
import { startNgrokStage } from '../../support/ngrok-server/stage.ts'
import { until } from '../../support/until.ts'

const AGENT = new URL('../../../electron/engine/tunnel/ngrok-agent.ts', import.meta.url)

const startedAgent = (): ChildProcess => fork(AGENT, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })

/** A signed delivery, as a visitor of the public address sends it. */
const deliverTo = (address: string): Promise<Response> => {
  const body = JSON.stringify({ id: 'one' })
  return fetch(address, { method: 'POST', headers: [[...JSON_TYPE], [...signed(body)]], body })
}

/** ngrok's own library in processes of its own, at a server of a test. */
const startStage = async () => {
  const { options, server, listener, log } = await startNgrokStage()
  const agents: ChildProgram[] = []
  const lost: TunnelFailure[] = []
  const provider = createIsolatedNgrok({
    ...options,
    startAgent: (onMessage) => {
      const agent = childProgram(AGENT)(onMessage)
      agents.push(agent)
      return agent
    },
  })
  const open = (signal = new AbortController().signal) =>
    provider.open({ signal, onLost: (failure) => lost.push(failure) })
  const opened = async (): Promise<OpenTunnel> => {
    const opening = await open()
    if (!opening.ok) throw new Error(`${opening.failure.code}: ${opening.failure.message}`)
    return opening.tunnel
  }
  return { server, listener, log, agents, lost, open, opened }
}

describe('a tunnel in a process of its own', () => {
  test('leads deliveries to the listener, and its process ends with it', async () => {
    const { server, listener, agents, lost, opened } = await startStage()
    const tunnel = await opened()
    expect((await deliverTo(tunnel.address)).status).toBe(200)
    expect(listener.admitted).toHaveLength(1)
    await tunnel.close()
    await agents[0]!.ended
    expect(server.endpoints()).toEqual([])
    expect(lost).toEqual([])
  })

  test('leads them to a listener that is at ::1 alone', async () => {
    const { options } = await startNgrokStage()
    const { port, admitted } = await startListener({}, '::1')
    const provider = createIsolatedNgrok({ ...options, localAddress: `[::1]:${port}` })
    const opening = await provider.open({ signal: new AbortController().signal, onLost: () => undefined })
    if (!opening.ok) throw new Error(opening.failure.message)
    expect((await deliverTo(opening.tunnel.address)).status).toBe(200)
    expect(admitted).toHaveLength(1)
    await opening.tunnel.close()
  })

  test('goes on when the whole group of processes is told to end, until whoever started it has no more use for it', async () => {
    const { options, listener } = await startNgrokStage()
    const child = startedAgent()
    const exit = once(child, 'exit')
    const ended = Promise.withResolvers<undefined>()
    child.on('exit', () => {
      ended.resolve(undefined)
    })
    const lost: TunnelFailure[] = []
    const provider = createIsolatedNgrok({
      ...options,
      startAgent: (onMessage) => {
        child.on('message', onMessage)
        return {
          send: (message) => child.send(message),
          kill: () => child.kill('SIGKILL'),
          ended: ended.promise,
        }
      },
    })
    const opening = await provider.open({
      signal: new AbortController().signal,
      onLost: (failure) => lost.push(failure),
    })
    if (!opening.ok) throw new Error(opening.failure.message)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) child.kill(signal)
    expect((await deliverTo(opening.tunnel.address)).status).toBe(200)
    expect(listener.admitted).toHaveLength(1)
    await opening.tunnel.close()
    expect(await exit).toEqual([0, null])
    expect(lost).toEqual([])
  })

  test('is lost, and told once, when ngrok is lost', async () => {
    const { server, agents, lost, opened } = await startStage()
    const tunnel = await opened()
    server.dropConnections()
    await until('it is lost', () => lost.length > 0)
    await tunnel.close()
    await agents[0]!.ended
    expect(lost).toMatchObject([{ code: 'lost' }])
  })

  test('is lost when its process ends', async () => {
    const { agents, lost, opened } = await startStage()
    await opened()
    agents[0]!.kill()
    await until('it is lost', () => lost.length > 0)
    expect(lost).toMatchObject([{ message: expect.stringContaining('started anew') }])
  })

  test('that is refused leaves no process and no session behind: an account has room for few', async () => {
    const { server, agents, open } = await startStage()
    server.refuseWith('ERR_NGROK_334')
    for (let time = 0; time < 3; time += 1) {
      expect(await open()).toMatchObject({ ok: false, failure: { code: 'ERR_NGROK_334' } })
    }
    await Promise.all(agents.map(({ ended }) => ended))
    await until('ngrok has seen them go', () => server.openAgents().length === 0)
  })

  test('whose server stays silent for ever holds up no other one', async () => {
    const { server, agents, open, opened } = await startStage()
    server.fallSilent('everyone')
    const given = new AbortController()
    const hanging = open(given.signal)
    await until('ngrok was asked', () => server.connections() > 0)
    // Those that come from now on are answered; the one that hangs is not.
    server.fallSilent('those open')
    const tunnel = await opened()
    expect(tunnel.address).toContain('/webhooks/notion')
    given.abort()
    expect(await hanging).toMatchObject({ ok: false })
    await agents[0]!.ended
  })

  test('ends when whoever started it is gone', async () => {
    const child = startedAgent()
    await once(child, 'spawn')
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('a constructed agent', () => {
  test('that says what no agent says is ended, and nothing of it believed', async () => {
    const { options } = await startNgrokStage()
    const ended = Promise.withResolvers<undefined>()
    const lost: TunnelFailure[] = []
    const provider = createIsolatedNgrok({
      ...options,
      startAgent: (onMessage) => ({
        send: () => {
          onMessage({ kind: 'opened', address: 1 })
        },
        kill: () => {
          ended.resolve(undefined)
        },
        ended: ended.promise,
      }),
    })
    const opening = await provider.open({
      signal: new AbortController().signal,
      onLost: (failure) => lost.push(failure),
    })
    expect(opening).toMatchObject({ ok: false })
    expect(lost).toEqual([])
  })

  test('is not even started without a token', async () => {
    const { options } = await startNgrokStage()
    const provider = createIsolatedNgrok({
      ...options,
      authtoken: null,
      startAgent: () => {
        throw new Error('started')
      },
    })
    const opening = await provider.open({ signal: new AbortController().signal, onLost: () => undefined })
    expect(opening).toMatchObject({ ok: false, failure: { code: 'ERR_NGROK_4018' } })
  })
})
