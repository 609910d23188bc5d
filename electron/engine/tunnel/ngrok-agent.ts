import { systemClock } from '../foundation/clock.ts'
import { systemDisk } from '../foundation/disk.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log, LogFields } from '../foundation/log.ts'
import { proxyOf } from '../foundation/system-network.ts'
import { systemEnvironment } from '../settings/environment.ts'
import { type FromAgent, type ToAgent, toAgentSchema } from './agent-messages.ts'
import { createNgrok } from './ngrok.ts'
import { NGROK_SERVER } from './ngrok-authority.ts'
import type { OpenTunnel } from './provider.ts'
import type { ProxiedServer } from './proxied-server.ts'

/**
 * The process that holds one tunnel of ngrok, and nothing else. It opens it when it is told to, and ends with it: when it is
 * told to close it, when it could not open it, or when who started it is gone.
 */

const send = (message: FromAgent): void => {
  process.send?.(message)
}

const note = (fields: LogFields, message: string): void => {
  send({ kind: 'noted', message, error: typeof fields['error'] === 'string' ? fields['error'] : '' })
}

const log: Log = { info: note, warn: note, error: note }

let tunnel: OpenTunnel | null = null

/** Null: nothing stands between this computer and ngrok's server. What takes megabytes is loaded where it is needed. */
const openThroughProxy = async (target: string): Promise<ProxiedServer | null> => {
  const proxy = proxyOf(`https://${target}`, systemEnvironment)
  if (proxy === null) return null
  const { startProxiedServer } = await import('./proxied-server.ts')
  return startProxiedServer({
    proxy,
    target,
    disk: systemDisk,
    now: systemClock.now(),
    onWaiting: (failure) => {
      send({ kind: 'waiting', failure })
    },
  })
}

const open = async (wanted: Extract<ToAgent, { kind: 'open' }>): Promise<void> => {
  const { serverAddress, ...options } = wanted
  const behindProxy = await openThroughProxy(serverAddress ?? NGROK_SERVER)
  const provider = createNgrok({
    ...options,
    ...(serverAddress === null ? {} : { serverAddress }),
    ...behindProxy?.server,
    clock: systemClock,
    log,
  })
  const opening = await provider.open({
    signal: new AbortController().signal,
    onLost: (failure) => {
      send({ kind: 'lost', failure })
    },
  })
  if (!opening.ok) {
    // But for what ngrok itself says, the library knows only that it was cut off from a server on this computer.
    const ofTheWay = opening.failure.code.startsWith('ERR_NGROK_') ? null : behindProxy?.failure()
    send({ kind: 'failed', failure: ofTheWay ?? opening.failure })
    return
  }
  ;({ tunnel } = opening)
  send({ kind: 'opened', address: tunnel.address })
}

const obey = async (message: unknown): Promise<void> => {
  const told = toAgentSchema.parse(message)
  if (told.kind === 'open') {
    await open(told)
    return
  }
  await tunnel?.close()
  process.exit(0)
}

process.on('message', (message) => {
  obey(message).catch((error: unknown) => {
    send({ kind: 'failed', failure: { code: 'internal', message: `ngrok failed: ${errorText(error)}.` } })
  })
})
process.on('disconnect', () => process.exit(0))
// A terminal and a service manager tell the whole group to end. Who started it still answers what came through the tunnel.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
