const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** How many letters have to be inserted, removed, replaced or swapped with their neighbour (Damerau–Levenshtein). */
const distance = (left: string, right: string): number => {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1]
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? 0
}

/**
 * The known name that was most likely meant, or null when none is close.
 * Case and separators do not count: `queueSize` is `queue_size`.
 */
export const nearestName = (written: string, known: readonly string[]): string | null => {
  const wanted = plain(written)
  // Longer text is no slip of the pen, and the distance costs the product of both lengths.
  if (wanted.length > 60) return null
  const ranked = known
    .map((name) => ({ name, far: distance(wanted, plain(name)), near: plain(name).length < 5 ? 1 : 2 }))
    .filter(({ far, near }) => far <= near)
    .sort((a, b) => a.far - b.far)
  return ranked[0]?.name ?? null
}
