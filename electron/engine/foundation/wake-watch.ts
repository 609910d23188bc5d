import { networkInterfaces } from 'node:os'
import type { Clock, Timer } from './clock.ts'

const LOOK_EVERY_MS = 5_000

/** A timer that is late by more was held up by a machine that slept. */
const SLEPT_MS = 20_000

/** What every link gives itself, a container's too: it leads into no network (RFC 3927, 4291). */
const OF_THE_LINK = /^(169\.254\.|fe[89ab][0-9a-f]:)/i

/** Some systems tell a program nothing of their networks (Android does so): sleep is noticed all the same. */
const presentInterfaces = (): ReturnType<typeof networkInterfaces> => {
  try {
    return networkInterfaces()
  } catch {
    return {}
  }
}

/** The addresses by which this machine is in a network. */
export const systemAddresses = (interfaces = presentInterfaces()): readonly string[] =>
  Object.values(interfaces).flatMap((all = []) =>
    all.flatMap(({ internal, address }) => (internal || OF_THE_LINK.test(address) ? [] : [address])),
  )

export interface WakeWatch {
  start(): void
  stop(): void
}

/**
 * Calls back when the machine slept and woke, when it came into a network that it was not in, and when it left the last one. Without a word from the
 * system: a timer that comes late tells of sleep, a new address of a network.
 */
export const createWakeWatch = (
  clock: Clock,
  addresses: () => readonly string[],
  onWake: (reason: 'resumed' | 'network') => void,
): WakeWatch => {
  let timer: Timer | null = null
  let lookedAt = 0
  let known: ReadonlySet<string> = new Set()

  const look = (): void => {
    const now = clock.now()
    const present = addresses()
    const isNew = present.some((address) => !known.has(address))
    const isCutOff = present.length === 0 && known.size > 0
    const hasSlept = now - lookedAt > LOOK_EVERY_MS + SLEPT_MS
    lookedAt = now
    known = new Set(present)
    timer = clock.after(LOOK_EVERY_MS, look)
    if (hasSlept || isNew || isCutOff) onWake(hasSlept ? 'resumed' : 'network')
  }

  return {
    start: () => {
      lookedAt = clock.now()
      known = new Set(addresses())
      timer = clock.after(LOOK_EVERY_MS, look)
    },
    stop: () => {
      timer?.cancel()
    },
  }
}
