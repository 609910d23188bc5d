import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How long the event loop kept others waiting. */
export interface LoopDelay {
  /** Since the call before this one (ms). */
  sinceLast(): { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }
  stop(): void
}

const NS_PER_MS = 1e6
const RESOLUTION_MS = 10

export const createLoopDelay = (): LoopDelay => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  /** The histogram counts the whole interval between two looks; what is over its resolution is delay. */
  const delayMs = (ns: number): number => (Number.isFinite(ns) ? Math.max(0, ns / NS_PER_MS - RESOLUTION_MS) : 0)
  return {
    sinceLast: () => {
      const seen = histogram.count > 0
      const delays = {
        p50Ms: seen ? delayMs(histogram.percentile(50)) : 0,
        p99Ms: seen ? delayMs(histogram.percentile(99)) : 0,
        maxMs: seen ? delayMs(histogram.max) : 0,
      }
      histogram.reset()
      return delays
    },
    stop: () => {
      histogram.disable()
    },
  }
}
