import { CommandError, type CommandName, type CommandOptions, runCommand } from '../../electron/console/commands.ts'
import type { CallHandlers } from '../../shared/bridge.ts'
import { createAskedCalls } from './asked-calls.ts'

/** When the last of the jobs that are counted had failed. */
export const UNTIL = Date.UTC(2026, 10, 23, 12)

export const jobCount = (count: number): Partial<CallHandlers> => ({
  count: () => Promise.resolve({ count, until: UNTIL }),
  retry: () => Promise.resolve({ retried: count }),
  discard: () => Promise.resolve({ discarded: count }),
  undo: () => Promise.resolve({ restored: count }),
})

interface Run {
  readonly handlers?: Partial<CallHandlers>
  /** What the person answers; null where nobody can be asked. */
  readonly reply?: string | null
}

/** Runs a command; gives what was printed, asked of the person, asked of the engine, and the sentence that ended it. */
export const runTestCommand = async (
  name: CommandName,
  options: Partial<CommandOptions>,
  { handlers = {}, reply = null }: Run = {},
) => {
  const { call, asked } = createAskedCalls(handlers)
  const printed: string[] = []
  const questions: string[] = []
  const terminal = {
    print: (text: string): void => {
      printed.push(text)
    },
    ask:
      reply === null
        ? null
        : (question: string): Promise<string> => {
            questions.push(question)
            return Promise.resolve(reply)
          },
  }
  let refusal: string | null = null
  try {
    await runCommand(name, { ids: [], ...options }, call, terminal)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    refusal = error.message
  }
  return { printed, questions, asked: asked.map(({ name: asking }) => asking), calls: asked, refusal }
}
