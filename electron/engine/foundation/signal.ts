/** Wakes whoever waits for the next change. */
export interface Signal {
  notify(): void
  /** Resolves at the next `notify` after this call. */
  next(): Promise<void>
}

export const createSignal = (): Signal => {
  let waiting = Promise.withResolvers<undefined>()
  return {
    notify: () => {
      waiting.resolve(undefined)
      waiting = Promise.withResolvers<undefined>()
    },
    next: () => waiting.promise,
  }
}
