/** Resolves when everything has run that this turn of the event loop leads to by itself: waits on no time. */
export const endOfTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
