import { ngrokFailure } from './ngrok-failures.ts'
import type { TunnelFailure } from './provider.ts'

/** What of the library `@ngrok/ngrok` is used. */
export interface NgrokLibrary {
  readonly SessionBuilder: new () => NgrokSessionBuilder
}

export interface NgrokSessionBuilder {
  authtoken(token: string): unknown
  /** These, or those of a PEM file, which is read before the call returns (1.7.0). */
  rootCas(authorities: string): unknown
  serverAddr(address: string): unknown
  heartbeatInterval(seconds: number): unknown
  heartbeatTolerance(seconds: number): unknown
  handleDisconnection(handle: (address: string, error: string) => boolean): unknown
  handleHeartbeat(handle: (latencyMs: number | null) => void): unknown
  connect(): Promise<NgrokConnection>
}

export interface NgrokConnection {
  httpEndpoint(): {
    domain(domain: string): unknown
    trafficPolicy(policy: string): unknown
    forwardsTo(text: string): unknown
    listen(bind: boolean): Promise<NgrokListener>
  }
  close(): Promise<void>
}

export interface NgrokListener {
  url(): string | null
  forward(address: string): Promise<void>
  close(): Promise<void>
}

/** ngrok's own certificate authority, or the system's, as where a proxy of the company opens what is encrypted. */
type Authorities = 'trusted' | 'host'

/** One connection to ngrok. Once it is over it is over for good. */
export interface NgrokSession {
  readonly connection: NgrokConnection
  isOver(): boolean
  /** Whom to tell of its end; null: nobody any more. */
  watch(onEnd: ((failure: TunnelFailure) => void) | null): void
}

/** How often ngrok is asked whether it is there, and how long its answer is waited for. */
const HEARTBEAT_S = 10
const PATIENCE_S = 15

const LOST: TunnelFailure = {
  code: 'lost',
  message: 'The connection to ngrok was lost. It is being opened anew; what Notion sends meanwhile, it repeats later.',
}

const SILENT: TunnelFailure = {
  code: 'silent',
  message: 'ngrok answers no more. The connection is being opened anew; what Notion sends meanwhile, it repeats later.',
}

/** Gives a PEM file of the only authority that the server is to be known by; it is gone when the promise resolves. */
export type LendAuthority = (use: (file: string) => void) => Promise<void>

export interface NgrokSessionOptions {
  readonly authtoken: string
  /** Another server than ngrok's (`host:port`). */
  readonly serverAddress: string | undefined
  readonly lendAuthority: LendAuthority | undefined
  readonly load: () => Promise<NgrokLibrary>
}

/** Gives sessions, each by a connection of its own. Rejects with what the library says. */
export const createNgrokSessions = ({ authtoken, serverAddress, lendAuthority, load }: NgrokSessionOptions) => {
  const connect = async ({ SessionBuilder }: NgrokLibrary, root: Authorities): Promise<NgrokSession> => {
    let isOver = false
    let tell: ((failure: TunnelFailure) => void) | null = null
    const end = (failure: TunnelFailure): void => {
      if (isOver) return
      isOver = true
      tell?.(failure)
    }
    const builder = new SessionBuilder()
    builder.authtoken(authtoken)
    if (lendAuthority === undefined) builder.rootCas(root)
    else {
      await lendAuthority((file) => {
        builder.rootCas(file)
      })
    }
    if (serverAddress !== undefined) builder.serverAddr(serverAddress)
    builder.heartbeatInterval(HEARTBEAT_S)
    builder.heartbeatTolerance(PATIENCE_S)
    builder.handleHeartbeat((latencyMs) => {
      if (latencyMs === null) end(SILENT)
    })
    builder.handleDisconnection(() => {
      end(LOST)
      // Anything else lets the library bring it back by itself (1.7.0): it would deny us our own domain.
      return false
    })
    const connection = await builder.connect()
    return {
      connection,
      isOver: () => isOver,
      watch: (onEnd) => {
        tell = onEnd
      },
    }
  }

  const kindOf = (error: unknown): string => ngrokFailure(error, authtoken).code

  /**
   * What was cut while it was being secured is tried with the system's authorities at once. The cut may have had another
   * reason, and a bare server has no authorities of its own ("entity not found"): then the cut is what is told.
   */
  return async (signal: AbortSignal): Promise<NgrokSession> => {
    const library = await load()
    try {
      return await connect(library, 'trusted')
    } catch (error) {
      if (signal.aborted || lendAuthority !== undefined || kindOf(error) !== 'tls') throw error
      try {
        return await connect(library, 'host')
      } catch (later) {
        throw kindOf(later) === 'ngrok' ? error : later
      }
    }
  }
}
