import type { Clock } from '../foundation/clock.ts'
import { endsWithin } from '../foundation/deadline.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import { ngrokFailure } from './ngrok-failures.ts'
import {
  createNgrokSessions,
  type LendAuthority,
  type NgrokLibrary,
  type NgrokListener,
  type NgrokSession,
} from './ngrok-session.ts'
import type { Opening, TunnelProvider } from './provider.ts'

export interface NgrokOptions {
  readonly authtoken: string | null
  /** A reserved domain; null takes the account's own. */
  readonly domain: string | null
  /** Where the listener is: `host:port`. */
  readonly localAddress: string
  /** The path of the webhook: nothing else passes, ngrok itself refuses it. */
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** Another server than ngrok's (`host:port`). */
  readonly serverAddress?: string
  /** Left out: the server is known by ngrok's authority, or by those of the system. */
  readonly lendAuthority?: LendAuthority
  /** Loads the native library. */
  readonly load?: () => Promise<NgrokLibrary>
}

/** Closing is a request to ngrok, which a lost connection never answers. */
const CLOSE_LIMIT_MS = 2_000

/** ngrok refuses everything else before it reaches this computer (its Traffic Policy). */
const onlyPath = (path: string): string =>
  JSON.stringify({
    on_http_request: [
      {
        expressions: [`req.method != 'POST' || req.url.path != '${path}'`],
        actions: [{ type: 'deny', config: { status_code: 404 } }],
      },
    ],
  })

const loadLibrary = async (): Promise<NgrokLibrary> => import('@ngrok/ngrok')

/**
 * The tunnel of ngrok. The library closes no session by itself, and brings one that ended back, endpoints and all, unless
 * it is told not to. So a session here ends with its tunnel, and never comes back.
 */
export const createNgrok = (options: NgrokOptions): TunnelProvider => {
  const {
    authtoken,
    domain,
    localAddress,
    path,
    clock,
    log,
    serverAddress,
    lendAuthority,
    load = loadLibrary,
  } = options
  const connect = authtoken === null ? null : createNgrokSessions({ authtoken, serverAddress, lendAuthority, load })

  const quietly = async (close: () => Promise<void>): Promise<void> => {
    await endsWithin(clock, CLOSE_LIMIT_MS, close).catch((error: unknown) => {
      log.info({ error: errorText(error) }, 'A tunnel of before could not be closed in order')
    })
  }

  /** The endpoint first: that a session closes, the library does not tell ngrok (1.7.0). */
  const closeBoth = (session: NgrokSession, listener: NgrokListener | null): Promise<void> => {
    session.watch(null)
    return quietly(async () => {
      try {
        await listener?.close()
      } finally {
        await session.connection.close()
      }
    })
  }

  const listen = async ({ connection }: NgrokSession): Promise<NgrokListener> => {
    const endpoint = connection.httpEndpoint()
    endpoint.trafficPolicy(onlyPath(path))
    endpoint.forwardsTo('Blackcore Sync')
    if (domain !== null) endpoint.domain(domain)
    const listener = await endpoint.listen(false)
    // With its scheme: the library takes an IPv6 address for none, and lets every request wait (1.7.0).
    listener.forward(`http://${localAddress}`).catch((error: unknown) => {
      log.info({ error: errorText(error) }, 'A tunnel forwards no more')
    })
    return listener
  }

  const failed = (error: unknown): Opening => ({ ok: false, failure: ngrokFailure(error, authtoken) })

  return {
    name: 'ngrok',
    open: async ({ signal, onLost }) => {
      if (connect === null) return failed(new Error('ERR_NGROK_4018'))
      let session: NgrokSession | null = null
      let listener: NgrokListener | null = null
      try {
        session = await connect(signal)
        // A tunnel that opens now would stand in the way of the one that is wanted.
        if (!signal.aborted) listener = await listen(session)
      } catch (error) {
        if (session !== null) await closeBoth(session, null)
        return failed(error)
      }
      const url = listener?.url() ?? null
      if (listener === null || signal.aborted || url === null || session.isOver()) {
        await closeBoth(session, listener)
        return failed(new Error('it gave no address'))
      }
      session.watch(onLost)
      const [held, open] = [session, listener]
      return {
        ok: true,
        tunnel: { address: `${url.replace(/\/+$/, '')}${path}`, close: () => closeBoth(held, open) },
      }
    },
  }
}
