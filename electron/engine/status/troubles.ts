import type { Problem } from '../../../shared/status.ts'

/** What is broken right now, each told by the one who meets it, until that one meets it no more. */
export interface Troubles {
  /** Gives a teller of this trouble: with a sentence it is there, with null it is over. */
  tell(code: string): (message: string | null) => void
  problems(): readonly Problem[]
}

export const createTroubles = (): Troubles => {
  const raised = new Map<string, Problem>()
  return {
    tell: (code) => (message) => {
      if (message === null) raised.delete(code)
      else raised.set(code, { code, severity: 'failure', message })
    },
    problems: () => [...raised.values()],
  }
}
