/**
 * Makes many writes durable at a time: callers that ask while a flush of the same thing runs share the next one.
 * (Sharing the running one would be wrong: it may have started before their write.)
 */
export class SharedFlush {
  readonly #flushOne: (path: string) => Promise<void>
  readonly #running = new Map<string, Promise<void>>()
  readonly #next = new Map<string, Promise<void>>()

  constructor(flushOne: (path: string) => Promise<void>) {
    this.#flushOne = flushOne
  }

  /** Resolves when everything that was done before this call is on the disk. */
  flush(path: string): Promise<void> {
    const queued = this.#next.get(path)
    if (queued !== undefined) return queued
    const running = this.#running.get(path)
    if (running === undefined) return this.#start(path)
    const next = running.then(
      () => this.#promote(path),
      () => this.#promote(path),
    )
    this.#next.set(path, next)
    return next
  }

  #promote(path: string): Promise<void> {
    this.#next.delete(path)
    return this.#start(path)
  }

  #start(path: string): Promise<void> {
    const flushing = this.#flushOne(path).finally(() => {
      if (this.#running.get(path) === flushing) this.#running.delete(path)
    })
    this.#running.set(path, flushing)
    return flushing
  }
}
