import { errorText, refusedByDisk } from '../engine/engine.ts'

export interface FailedAnswerParts {
  readonly log: { error(fields: Readonly<Record<string, unknown>>, message: string): void }
  /** Strikes out the secrets that are known. */
  readonly redact: (text: string) => string
}

/** What the console answers where the engine has failed at it, in plain words and without a secret. */
export interface FailedAnswers {
  /** Of a call: logged each time. */
  call(name: string, error: unknown): FailedAnswer
  /** Of a look at how things stand: logged once for all paths, until one that failed has succeeded or failed otherwise. */
  look(path: string, error: unknown): FailedAnswer
  lookSucceeded(path: string): void
}

export interface FailedAnswer {
  /** 503 where the disk is the reason, 500 for a bug. */
  readonly status: 500 | 503
  readonly sentence: string
}

const bugText = (error: unknown): string =>
  `the program failed (${errorText(error)}). Try again; if it stays so, give somebody who helps the bundle of "diagnose --bundle FILE.zip".`

/** The stack of a bug says where it is; that of the disk says nothing. */
const fieldsOf = (error: unknown): Readonly<Record<string, unknown>> => ({
  error: errorText(error),
  ...(refusedByDisk(error) === null && error instanceof Error ? { stack: error.stack } : {}),
})

export const createFailedAnswers = ({ log, redact }: FailedAnswerParts): FailedAnswers => {
  const told = new Map<string, string>()
  const answer = (what: string, error: unknown): FailedAnswer => {
    const refused = refusedByDisk(error)
    return { status: refused === null ? 500 : 503, sentence: redact(`${what}: ${refused ?? bugText(error)}`) }
  }
  return {
    call: (name, error) => {
      log.error({ call: name, ...fieldsOf(error) }, 'A call failed')
      return answer('This was not done', error)
    },
    look: (path, error) => {
      const failed = answer('How things stand cannot be read', error)
      if (![...told.values()].includes(failed.sentence))
        log.error(fieldsOf(error), 'The console cannot tell how things stand')
      told.set(path, failed.sentence)
      return failed
    },
    lookSucceeded: (path) => {
      const over = told.get(path)
      // Of a fault that is over for one, nothing has to be remembered of the others: some are looked at once only.
      for (const [other, sentence] of told) if (sentence === over) told.delete(other)
    },
  }
}
