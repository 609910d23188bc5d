/** Repeatable chance: the same seed gives the same numbers on every machine, so a workspace can be made again. */
export interface Random {
  /** From 0 up to, never reaching, 1. */
  next(): number
  /** A whole number from 0 up to, never reaching, `limit`; 0 when the limit is 0. */
  below(limit: number): number
  chance(probability: number): boolean
  /** One of a list that has at least one element. */
  pick<T>(list: readonly T[]): T
  /** `count` different elements, in the list's order; all of them when there are fewer. */
  some<T>(list: readonly T[], count: number): readonly T[]
}

/** Spreads the bits of a 32-bit number; one to one, so different inputs never meet. */
export const scramble = (value: number): number => {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad)
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97)
  return (bits ^ (bits >>> 15)) >>> 0
}

/** One 32-bit number out of several. */
export const mix = (...parts: readonly number[]): number =>
  parts.reduce((mixed, part) => scramble((mixed + Math.imul(part, 0x9e3779b1) + 0x6d2b79f5) | 0), 0)

export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

export const createRandom = (seed: number): Random => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    return scramble(state) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new RangeError('nothing to pick from')
      return list[below(list.length)] as T
    },
    some: <T>(list: readonly T[], count: number): readonly T[] => {
      const taken: T[] = []
      let wanted = Math.min(count, list.length)
      for (let at = 0; at < list.length && wanted > 0; at += 1) {
        if (next() * (list.length - at) < wanted) {
          taken.push(list[at] as T)
          wanted -= 1
        }
      }
      return taken
    },
  }
}
