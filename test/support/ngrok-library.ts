import type { NgrokLibrary, NgrokListener } from '../../electron/engine/tunnel/ngrok-session.ts'

/** What the library was told before it was asked for a session, and for an endpoint in it. */
export interface NgrokWishes {
  authtoken?: string
  rootCas?: string
  serverAddr?: string
  domain?: string
  trafficPolicy?: string
  forwardsTo?: string
  /** Where the endpoint leads. */
  forward?: string
}

/** One session of the library and the endpoint in it, both of which the test ends. */
export interface Forwarding {
  readonly wishes: NgrokWishes
  /** ngrok opens the session. */
  connect(): void
  /** ngrok opens both. null: an endpoint without an address. */
  open(url: string | null): void
  /** ngrok refuses the session. */
  refuse(error: unknown): void
  /** ngrok opens the session, and refuses the endpoint. */
  refuseEndpoint(error: unknown): void
  /** The connection is lost. Gives what the library is told to do: to bring it back by itself or not. */
  lose(): boolean
  /** A heartbeat was answered after so many ms; null: it was not. */
  heartbeat(latencyMs: number | null): void
  /** How often the endpoint and the session were closed. */
  endpointsClosed(): number
  sessionsClosed(): number
}

/** A constructed library in the place of `@ngrok/ngrok`: nothing in it is ngrok's. `close`: what closing an endpoint comes to. */
export const createNgrokLibrary = (close: () => Promise<void> = () => Promise.resolve()) => {
  const forwardings: Forwarding[] = []
  let called = Promise.withResolvers<Forwarding>()
  let loads = 0

  class SessionBuilder {
    readonly #wishes: NgrokWishes = {}
    readonly #session = Promise.withResolvers<undefined>()
    readonly #closed = { endpoints: 0, sessions: 0 }
    #endpoint = Promise.withResolvers<string | null>()
    #disconnected: (address: string, error: string) => boolean = () => true
    #beaten: (latencyMs: number | null) => void = () => undefined

    authtoken(token: string): void {
      this.#wishes.authtoken = token
    }
    rootCas(authorities: string): void {
      this.#wishes.rootCas = authorities
    }
    serverAddr(address: string): void {
      this.#wishes.serverAddr = address
    }
    heartbeatInterval(): void {}
    heartbeatTolerance(): void {}
    handleDisconnection(handle: (address: string, error: string) => boolean): void {
      this.#disconnected = handle
    }
    handleHeartbeat(handle: (latencyMs: number | null) => void): void {
      this.#beaten = handle
    }
    async #listen(): Promise<NgrokListener> {
      const asked = this.#endpoint
      // The next endpoint in the same session is answered anew.
      const url = await asked.promise.finally(() => (this.#endpoint = Promise.withResolvers()))
      return {
        url: () => url,
        forward: (address) => {
          this.#wishes.forward = address
          return Promise.resolve()
        },
        close: () => {
          this.#closed.endpoints += 1
          return close()
        },
      }
    }
    async connect() {
      const forwarding: Forwarding = {
        wishes: this.#wishes,
        connect: () => {
          this.#session.resolve(undefined)
        },
        open: (url) => {
          this.#session.resolve(undefined)
          this.#endpoint.resolve(url)
        },
        refuse: (error) => {
          this.#session.reject(error)
        },
        refuseEndpoint: (error) => {
          this.#session.resolve(undefined)
          this.#endpoint.promise.catch(() => undefined)
          this.#endpoint.reject(error)
        },
        lose: () => this.#disconnected('connect.test:443', 'cut'),
        heartbeat: (latencyMs) => {
          this.#beaten(latencyMs)
        },
        endpointsClosed: () => this.#closed.endpoints,
        sessionsClosed: () => this.#closed.sessions,
      }
      forwardings.push(forwarding)
      called.resolve(forwarding)
      called = Promise.withResolvers()
      await this.#session.promise
      return {
        httpEndpoint: () => ({
          domain: (domain: string) => (this.#wishes.domain = domain),
          trafficPolicy: (policy: string) => (this.#wishes.trafficPolicy = policy),
          forwardsTo: (text: string) => (this.#wishes.forwardsTo = text),
          listen: () => this.#listen(),
        }),
        close: () => {
          this.#closed.sessions += 1
          return Promise.resolve()
        },
      }
    }
  }

  const library: NgrokLibrary = { SessionBuilder }
  return {
    load: () => {
      loads += 1
      return Promise.resolve(library)
    },
    loads: () => loads,
    forwardings,
    /** Resolves when the next session is asked for. */
    next: () => called.promise,
  }
}
