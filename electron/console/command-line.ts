import { type CallOutput, CALLS } from '../../shared/bridge.ts'
import { readTextNow, systemDisk } from '../engine/engine.ts'
import { secretsKeyIn, systemEnvironment } from '../engine/settings/environment.ts'
import { disconnectAlone } from '../engine/settings/kept-token.ts'
import { type Call, connectConsole, findEngine } from './client.ts'
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

/** Where no engine runs, what it would do is done here; it answers no other call. */
const disconnecting =
  (dataFolder: string): Call =>
  async (name) => {
    const options = { disk: systemDisk, dataFolder, passphrase: secretsKeyIn(systemEnvironment) }
    const isDone = await disconnectAlone(options)
    const refused = isDone ? null : `Nothing is paired in the data folder ${dataFolder}. Nothing was done.`
    return CALLS[name].output.parse({ refused }) as CallOutput<typeof name>
  }

/** One command of the command line, against the engine that runs on the data folder; only "disconnect" needs none. */
export const runCommandLine = async (name: CommandName, options: CommandOptions, dataFolder: string): Promise<void> => {
  const call =
    name === 'disconnect'
      ? ((await findEngine(dataFolder, readTextNow)) ?? disconnecting(dataFolder))
      : connectConsole(dataFolder, readTextNow)
  await runCommand(name, options, call, terminal())
}
