import { readTextNow } from '../engine/engine.ts'
import { connectConsole } from './client.ts'
import { type CommandName, type CommandOptions, runCommand, type Terminal } from './commands.ts'
import { answerAt } from './question.ts'

/** The question goes to stderr, so that what is printed stays what was asked for. */
const askAtTerminal = (question: string): Promise<string> =>
  answerAt({ input: process.stdin, output: process.stderr }, question)

const terminal = (): Terminal => ({
  print: (text) => {
    process.stdout.write(`${text}\n`)
  },
  ask: process.stdin.isTTY ? askAtTerminal : null,
})

/** One command of the command line, against the engine that runs on the data folder. */
export const runCommandLine = async (name: CommandName, options: CommandOptions, dataFolder: string): Promise<void> => {
  await runCommand(name, options, connectConsole(dataFolder, readTextNow), terminal())
}
