import { z } from 'zod'
import { type ProgramOptions, type ProgramRun, runProgram } from './program-run.ts'

const readySchema = z.strictObject({ pid: z.int(), webhook: z.url(), console: z.url() })

export type Ready = z.infer<typeof readySchema>

/** What the line says by which an engine tells that it accepts; null where the output is no such line. */
export const readyOf = (stdout: string): Ready | null => {
  const text = /^ready (\{.*\})\n$/.exec(stdout)?.[1]
  return text === undefined ? null : readySchema.parse(JSON.parse(text))
}

/** Takes a program that was started as `headless`; resolves when it accepts. */
export const whenReady = async (run: ProgramRun): Promise<Ready> => {
  await run.printed('\n')
  const ready = readyOf(run.stdout())
  if (ready === null) throw new Error(`No ready line: ${run.stdout()}`)
  return ready
}

export interface EngineProcess {
  readonly run: ProgramRun
  readonly ready: Ready
}

/** The headless program, accepting deliveries. */
export const startEngineProcess = async (
  config: string,
  data: string,
  options: ProgramOptions = {},
): Promise<EngineProcess> => {
  const run = runProgram('headless', ['--config', config, '--data', data], options)
  return { run, ready: await whenReady(run) }
}
