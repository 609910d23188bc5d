/** Who is reading at this moment, for what has to wait until nobody is. */
export interface ReaderCount {
  /** Gives what ends the reading; a second call of that changes nothing. */
  enter(): () => void
  /** Resolves when nobody reads. */
  none(): Promise<void>
}

export const createReaderCount = (): ReaderCount => {
  let readers = 0
  let waiting: (() => void)[] = []

  const none = async (): Promise<void> => {
    while (readers > 0) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    }
  }

  return {
    enter: () => {
      let isInside = true
      readers += 1
      return () => {
        if (!isInside) return
        isInside = false
        readers -= 1
        if (readers > 0) return
        const called = waiting
        waiting = []
        for (const call of called) call()
      }
    },
    none,
  }
}
