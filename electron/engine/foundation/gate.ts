/** Many may pass at once, or one alone; first come, first served. */
export interface Gate {
  shared<T>(work: () => Promise<T>): Promise<T>
  alone<T>(work: () => Promise<T>): Promise<T>
}

const createGate = (): Gate => {
  let lastAlone: Promise<unknown> = Promise.resolve()
  let passing: Promise<unknown>[] = []

  const settled = (promise: Promise<unknown>): Promise<unknown> => promise.catch(() => undefined)

  return {
    shared: (work) => {
      const running = settled(lastAlone).then(work)
      const entry = settled(running).then(() => {
        passing = passing.filter((other) => other !== entry)
      })
      passing.push(entry)
      return running
    },
    alone: (work) => {
      const running = Promise.all([settled(lastAlone), ...passing]).then(work)
      lastAlone = running
      return running
    },
  }
}

/** One gate a key, made when first used. */
export const createGates = (): ((key: string) => Gate) => {
  const gates = new Map<string, Gate>()
  return (key) => {
    const known = gates.get(key)
    if (known !== undefined) return known
    const made = createGate()
    gates.set(key, made)
    return made
  }
}
