import { type CallOutput, CALLS } from '../../shared/bridge.ts'
import { readTextNow, systemDisk } from '../engine/engine.ts'
import { secretsKeyIn, systemEnvironment } from '../engine/settings/environment.ts'
import { disconnectAlone } from '../engine/settings/kept-token.ts'
import { loadSettings } from '../engine/settings/load.ts'
import { secretIsFixed } from '../engine/settings/refused-change.ts'
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

const NOT_LOOKED_AT =
  'The settings were not looked at, as no --config was given: a secret that stands there as webhook.secret stays valid. Remove it there.'

/** What the settings give besides what was paired: `refused` as an engine would refuse, `unknown` where that cannot be seen. */
const fixedSecret = (
  config: string | undefined,
): { readonly refused: string | null; readonly unknown: string | null } => {
  if (config === undefined) return { refused: null, unknown: NOT_LOOKED_AT }
  const input = { file: config, cwd: process.cwd(), environment: systemEnvironment, readText: readTextNow }
  const { settings, where, isWritten } = loadSettings(input)
  const place = where('webhook.secret')
  if (settings.webhook.secret !== null) return { refused: secretIsFixed(place), unknown: null }
  if (!isWritten('webhook.secret')) return { refused: null, unknown: null }
  const unknown = `${place} names a variable that is not set here: where it is set, the secret that it gives stays valid. Remove it there.`
  return { refused: null, unknown }
}

const disconnectIn = async (dataFolder: string): Promise<string | null> => {
  const options = { disk: systemDisk, dataFolder, passphrase: secretsKeyIn(systemEnvironment) }
  const isDone = await disconnectAlone(options)
  return isDone ? null : `Nothing is paired in the data folder ${dataFolder}. Nothing was done.`
}

/** Where no engine runs, what it would do is done here; it answers no other call. */
const runAlone = async (options: CommandOptions, dataFolder: string): Promise<void> => {
  const { refused, unknown } = fixedSecret(options.config)
  const call: Call = async (name) =>
    CALLS[name].output.parse({ refused: refused ?? (await disconnectIn(dataFolder)) }) as CallOutput<typeof name>
  await runCommand('disconnect', options, call, terminal(), unknown)
}

/** One command of the command line, against the engine that runs on the data folder; only "disconnect" needs none. */
export const runCommandLine = async (name: CommandName, options: CommandOptions, dataFolder: string): Promise<void> => {
  if (name !== 'disconnect') {
    await runCommand(name, options, connectConsole(dataFolder, readTextNow), terminal())
    return
  }
  const call = await findEngine(dataFolder, readTextNow)
  if (call === null) await runAlone(options, dataFolder)
  else await runCommand(name, options, call, terminal())
}
