import { setTimeout as delay } from 'node:timers/promises'

const ASKED_AGAIN_MS = 10

/** For what can only be seen from outside (a process, an endpoint): asks until it holds, and fails after the limit. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> => {
  const endAt = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > endAt) throw new Error(`After ${limitMs} ms still not: ${what}`)
    await delay(ASKED_AGAIN_MS)
  }
}
