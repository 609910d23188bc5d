import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { readTextNow } from '../engine/engine.ts'
import { connectConsole } from './client.ts'
import { type CommandName, type CommandOptions, runCommand, type Terminal } from './commands.ts'

/** The question goes to stderr, so that what is printed stays what was asked for. Ctrl-C and Ctrl-D answer nothing. */
const askAtTerminal = async (question: string): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await Promise.race([lines.question(question), once(lines, 'close').then(() => '')])
  } finally {
    lines.close()
  }
}

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
