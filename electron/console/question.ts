import { once } from 'node:events'
import { createInterface, type ReadLineOptions } from 'node:readline/promises'

const isAborted = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/** The line that a person answers with. Ctrl-C, Ctrl-D and the end of the input answer nothing. */
export const answerAt = async (terminal: ReadLineOptions, question: string): Promise<string> => {
  const lines = createInterface(terminal)
  try {
    return await Promise.race([lines.question(question), once(lines, 'close').then(() => '')])
  } catch (error) {
    if (isAborted(error)) return ''
    throw error
  } finally {
    lines.close()
  }
}
