import type { Disk } from './disk.ts'

/**
 * Makes renames durable, many at a time: callers that ask while a flush of the folder runs share the next one.
 * (Sharing the running one would be wrong: it may have started before their rename.)
 */
export class SharedFolderFlush {
  readonly #disk: Disk
  readonly #running = new Map<string, Promise<void>>()
  readonly #next = new Map<string, Promise<void>>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Resolves when every rename that was done before this call is on the disk. */
  flush(folder: string): Promise<void> {
    const queued = this.#next.get(folder)
    if (queued !== undefined) return queued
    const running = this.#running.get(folder)
    if (running === undefined) return this.#start(folder)
    const next = running.then(
      () => this.#promote(folder),
      () => this.#promote(folder),
    )
    this.#next.set(folder, next)
    return next
  }

  #promote(folder: string): Promise<void> {
    this.#next.delete(folder)
    return this.#start(folder)
  }

  #start(folder: string): Promise<void> {
    const flushing = this.#disk.flushFolder(folder).finally(() => {
      if (this.#running.get(folder) === flushing) this.#running.delete(folder)
    })
    this.#running.set(folder, flushing)
    return flushing
  }
}
