import type { Config } from '@ngrok/ngrok'
import type { Clock } from '../foundation/clock.ts'
import { endsWithin } from '../foundation/deadline.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import { ngrokFailure } from './ngrok-failures.ts'
import type { OpenTunnel, TunnelFailure, TunnelProvider } from './provider.ts'

interface NgrokListener {
  url(): string | null
  close(): Promise<void>
}

/** What of the library `@ngrok/ngrok` is used. */
export interface NgrokLibrary {
  forward(config: Config): Promise<NgrokListener>
}

interface Wanted {
  readonly isAnew: boolean
  readonly signal: AbortSignal
  readonly onStatusChange: (status: string) => void
}

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
  /** Loads the native library: 13 MB of memory that only its users pay. */
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

const LOST: TunnelFailure = {
  code: 'lost',
  message: 'The connection to ngrok was lost. It is being opened anew; what Notion sends meanwhile, it repeats later.',
}

/** ngrok's own certificate authority, or the system's, as where a proxy of the company opens what is encrypted. */
type Authorities = 'trusted' | 'host'

const loadLibrary = async (): Promise<NgrokLibrary> => import('@ngrok/ngrok')

/**
 * The tunnel of ngrok. Each opening is a session of its own: the library's own reconnecting waits up to 1 h 44 min
 * (measured with 1.7.0), so a session that it reports as closed is given up.
 */
export const createNgrok = (options: NgrokOptions): TunnelProvider => {
  const { authtoken, domain, localAddress, path, clock, log, load = loadLibrary } = options
  let authorities: Authorities = 'trusted'
  /**
   * The library connects one session after the other (a lock of its own, 1.7.0): behind one that gets no answer, all that
   * were asked for meanwhile would be opened in a row once it gets one. So only the newest waits, and it waits here.
   */
  let underWay: Promise<unknown> = Promise.resolve()

  const closeQuietly = async (listener: NgrokListener): Promise<void> => {
    await endsWithin(clock, CLOSE_LIMIT_MS, () => listener.close()).catch((error: unknown) => {
      log.info({ error: errorText(error) }, 'A tunnel of before could not be closed in order')
    })
  }

  const failed = (error: unknown): { readonly ok: false; readonly failure: TunnelFailure } => ({
    ok: false,
    failure: ngrokFailure(error, authtoken),
  })

  const configOf = (wanted: Wanted, root: Authorities): Config => ({
    addr: localAddress,
    ...(authtoken === null ? {} : { authtoken }),
    ...(domain === null ? {} : { domain }),
    ...(options.serverAddress === undefined ? {} : { server_addr: options.serverAddress }),
    root_cas: root,
    force_new_session: wanted.isAnew,
    traffic_policy: onlyPath(path),
    forwards_to: 'Blackcore Sync',
    onStatusChange: wanted.onStatusChange,
  })

  const kindOf = (error: unknown): string => ngrokFailure(error, authtoken).code

  /**
   * What was cut while it was being secured is tried with the other authority at once, and only what served is kept: the
   * cut may have had another reason, and a bare server has no authorities of its own ("entity not found").
   */
  const forwarded = async ({ forward }: NgrokLibrary, wanted: Wanted): Promise<NgrokListener> => {
    try {
      return await forward(configOf(wanted, authorities))
    } catch (error) {
      if (wanted.signal.aborted || kindOf(error) !== 'tls') throw error
      const other = authorities === 'trusted' ? 'host' : 'trusted'
      try {
        const listener = await forward(configOf(wanted, other))
        authorities = other
        return listener
      } catch (later) {
        throw kindOf(later) === 'ngrok' ? error : later
      }
    }
  }

  return {
    name: 'ngrok',
    open: async ({ isAnew, signal, onLost }) => {
      if (authtoken === null) return failed(new Error('ERR_NGROK_4018'))
      let isOpen = false
      const onStatusChange = (status: string): void => {
        if (!isOpen || status !== 'closed') return
        isOpen = false
        onLost(LOST)
      }
      try {
        const library = await load()
        const turn = underWay.then(() =>
          signal.aborted ? null : forwarded(library, { isAnew, signal, onStatusChange }),
        )
        underWay = turn.catch(() => undefined)
        const listener = await turn
        if (listener === null) return failed(new Error('it is no more wanted'))
        const url = listener.url()
        if (signal.aborted || url === null) {
          await closeQuietly(listener)
          return failed(new Error('it gave no address'))
        }
        isOpen = true
        const tunnel: OpenTunnel = {
          address: `${url.replace(/\/+$/, '')}${path}`,
          close: () => {
            isOpen = false
            return closeQuietly(listener)
          },
        }
        return { ok: true, tunnel }
      } catch (error) {
        return failed(error)
      }
    },
  }
}
