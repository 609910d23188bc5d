import type { Problem } from '../../../shared/status.ts'

/** What is broken right now, each told by the one who meets it, until that one meets it no more. */
export interface Troubles {
  raise(code: string, message: string): void
  clear(code: string): void
  problems(): readonly Problem[]
}

export const createTroubles = (): Troubles => {
  const raised = new Map<string, Problem>()
  return {
    raise: (code, message) => {
      raised.set(code, { code, severity: 'failure', message })
    },
    clear: (code) => {
      raised.delete(code)
    },
    problems: () => [...raised.values()],
  }
}
