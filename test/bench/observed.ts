import { readFileSync } from 'node:fs'
import type { Program } from './programs.ts'

/** Resident memory of a program (MiB): now, and the most there ever was. */
export const residentMb = (program: Program): { readonly now: number; readonly most: number } => {
  const status = readFileSync(`/proc/${program.child.pid ?? 0}/status`, 'utf8')
  const kib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN)
  return { now: kib('VmRSS') / 1024, most: kib('VmHWM') / 1024 }
}

/** The delay of the event loop since it was asked for the last time (ms). */
export const loopDelayMs = async (engine: Program): Promise<{ readonly p99: number; readonly most: number }> => {
  const text = await (await fetch(`${String(engine.ready['console'])}/metrics`)).text()
  const value = (quantile: string): number =>
    Number(new RegExp(`^blackcore_event_loop_delay_seconds\\{quantile="${quantile}"\\} (\\S+)$`, 'm').exec(text)?.[1]) *
    1000
  return { p99: value('0.99'), most: value('1') }
}
