import { type Readable, Writable } from 'node:stream'
import { keptTokenSchema, TOKEN_NAMES, type TokenName } from '../../shared/tokens.ts'
import { systemDisk } from '../engine/engine.ts'
import { keepTokenAlone } from '../engine/settings/kept-token.ts'
import { passphraseOpens } from '../engine/settings/secret-store.ts'
import type { Call } from './client.ts'
import { CommandError } from './commands.ts'
import { answerAt } from './question.ts'

const USAGE = 'Usage: npm run headless -- keep-token notion | tunnel [--forget] [--data FOLDER]'

const TAKEN: ReadonlySet<string> = new Set(['config', 'data', 'forget'])

const WHAT = { notion: 'token of Notion', tunnel: 'token of the tunnel' } as const satisfies Record<TokenName, string>

/** What is read beyond this is no token any more: a wrong file that was piped in need not be read to its end. */
const MOST_CHARACTERS = 4_096

export interface KeepTokenRequest {
  readonly name: TokenName
  readonly isForgetting: boolean
}

/** Throws a CommandError, which repeats nothing that was typed: it may be the token. */
export const keepTokenRequest = (
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
): KeepTokenRequest => {
  const other = Object.keys(options).find((option) => !TAKEN.has(option))
  if (other !== undefined) throw new CommandError(`"keep-token" does not take --${other}. ${USAGE}`)
  const [first, ...more] = names
  const name = TOKEN_NAMES.find((known) => known === first)
  if (name === undefined) throw new CommandError(`"keep-token" takes the name of a token: notion or tunnel. ${USAGE}`)
  if (more.length > 0) {
    throw new CommandError(
      'A token is not given on the command line, where others can read it: "keep-token" asks for it, or reads it from standard input. Nothing was kept.',
    )
  }
  return { name, isForgetting: options['forget'] === true }
}

export interface TokenSource {
  readonly input: Readable & { readonly isTTY?: boolean }
  /** Where a person is asked. */
  readonly output: Writable
}

/** Readline puts the terminal into its raw mode, and what it echoes goes nowhere. */
const askHidden = async ({ input, output }: TokenSource, question: string): Promise<string> => {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    },
  })
  output.write(question)
  try {
    return await answerAt({ input, output: nowhere, terminal: true, historySize: 0 }, '')
  } finally {
    output.write('\n')
  }
}

const firstLine = async (input: Readable): Promise<string> => {
  let text = ''
  for await (const chunk of input.setEncoding('utf8')) {
    text += String(chunk)
    if (text.includes('\n') || text.length > MOST_CHARACTERS) break
  }
  return text.split('\n', 1)[0]?.replace(/\r$/, '') ?? ''
}

/** One line: at a terminal it is asked for and not shown. Throws a CommandError where it has not the shape of a token. */
export const readToken = async (source: TokenSource, name: TokenName): Promise<string> => {
  const line =
    source.input.isTTY === true
      ? await askHidden(source, `The ${WHAT[name]} (it is not shown): `)
      : await firstLine(source.input)
  const token = keptTokenSchema.safeParse(line)
  if (token.success) return token.data
  throw new CommandError('That is no token: it is one word of 1 to 500 visible characters. Nothing was kept.')
}

const UNENCRYPTED =
  'It is not encrypted: the engine that runs was started without BLACKCORE_SECRETS_KEY, and the passphrase given to this command was not used. Start it again with the variable, and the file is encrypted from then on.'

const ENCRYPTED = 'It is encrypted with the passphrase of the engine that runs'

/** Goes on after `ENCRYPTED`. The engine is not asked for its passphrase, and not told this one. */
const GIVEN_HERE = {
  yes: ', which is the one given to this command.',
  no: '. The one given to this command does not open the file, and was not used: start the engine again with its own.',
  unknown:
    '. The one given to this command was not used; whether it is another is not known, because the secrets file cannot be read from here.',
} as const satisfies Record<Awaited<ReturnType<typeof passphraseOpens>>, string>

/** How the engine keeps it, whatever this command was given; null: as it comes, without a passphrase anywhere. */
const keptHow = async ({ dataFolder, passphrase }: TokenPlace, isEncrypted: boolean): Promise<string | null> => {
  if (!isEncrypted) return passphrase === null ? null : UNENCRYPTED
  if (passphrase === null) return `${ENCRYPTED}.`
  return `${ENCRYPTED}${GIVEN_HERE[await passphraseOpens(systemDisk, dataFolder, passphrase)]}`
}

export interface TokenPlace {
  /** The engine that runs on the data folder; null where none does. */
  readonly call: Call | null
  readonly dataFolder: string
  /** BLACKCORE_SECRETS_KEY. */
  readonly passphrase: string | null
}

/** Keeps the token (null forgets it), with the engine that runs or in the file itself; gives what to tell the person. */
export const keepToken = async (place: TokenPlace, name: TokenName, token: string | null): Promise<string> => {
  const done = token === null ? `No ${WHAT[name]} is kept any more.` : `The ${WHAT[name]} is kept.`
  if (place.call === null) {
    const { dataFolder, passphrase } = place
    await keepTokenAlone({ disk: systemDisk, dataFolder, passphrase }, name, token)
    return `${done} It takes effect with the next start.`
  }
  const { refused, given_by: givenBy, is_encrypted: isEncrypted } = await place.call('keep-token', { name, token })
  if (refused !== null) throw new CommandError(refused)
  const how = token === null ? null : await keptHow(place, isEncrypted)
  const effect = `${done} It takes effect with the next start: the engine that runs goes on with the one it has.`
  return [
    effect,
    ...(givenBy === null || token === null ? [] : [`But ${givenBy} gives one, and wins.`]),
    ...(how === null ? [] : [how]),
  ].join(' ')
}
