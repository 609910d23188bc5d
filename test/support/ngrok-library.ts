import type { Config } from '@ngrok/ngrok'
import type { NgrokLibrary } from '../../electron/engine/tunnel/ngrok.ts'

/** One call of `forward`, which the test ends. */
export interface Forwarding {
  readonly config: Config
  /** Opens it; null: a listener without an address. */
  open(url: string | null): void
  refuse(error: unknown): void
  /** What the library tells of the session. */
  status(status: string): void
  /** How often the listener was closed. */
  closed(): number
}

/** A constructed library in the place of `@ngrok/ngrok`: nothing in it is ngrok's. `close`: what closing comes to. */
export const createNgrokLibrary = (close: () => Promise<void> = () => Promise.resolve()) => {
  const forwardings: Forwarding[] = []
  let called = Promise.withResolvers<Forwarding>()
  let loads = 0
  const library: NgrokLibrary = {
    forward: (config) => {
      const answer = Promise.withResolvers<{ url(): string | null; close(): Promise<void> }>()
      let closed = 0
      const forwarding: Forwarding = {
        config,
        open: (url) => {
          answer.resolve({
            url: () => url,
            close: () => {
              closed += 1
              return close()
            },
          })
        },
        refuse: answer.reject,
        status: (status) => config.onStatusChange?.(status),
        closed: () => closed,
      }
      forwardings.push(forwarding)
      called.resolve(forwarding)
      called = Promise.withResolvers()
      return answer.promise
    },
  }
  return {
    load: () => {
      loads += 1
      return Promise.resolve(library)
    },
    loads: () => loads,
    forwardings,
    /** Resolves with the next call. */
    next: () => called.promise,
  }
}
