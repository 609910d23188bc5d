import type { DiagnosisCalls } from '../../../shared/bridge.ts'
import { isoTime } from '../foundation/clock.ts'
import type { DiagnosisParts } from './of-engine.ts'
import type { WithoutEngine, WithoutEngineOptions } from './without-engine.ts'

export type { WithoutEngine } from './without-engine.ts'

/** What looks for faults is loaded when somebody asks: an engine that is well has no use for it. */
export const createDiagnosisCalls = (parts: DiagnosisParts): DiagnosisCalls => {
  const startedAt = isoTime(parts.clock.now())
  return {
    diagnose: async (input) => {
      const { diagnoseEngine } = await import('./of-engine.ts')
      return { ...(await diagnoseEngine(parts, input)), settings_read_at: startedAt }
    },
  }
}

/** The same without an engine: see `without-engine.ts`. */
export const diagnoseWithoutEngine = async (options: WithoutEngineOptions): Promise<WithoutEngine> => {
  const { lookWithoutEngine } = await import('./without-engine.ts')
  return lookWithoutEngine(options)
}

/** Beside one that does not answer. */
export const diagnoseBesideEngine = async (options: WithoutEngineOptions): Promise<WithoutEngine> => {
  const { lookBesideEngine } = await import('./without-engine.ts')
  return lookBesideEngine(options)
}
