import { dirname, resolve } from 'node:path'
import { type Settings, settingsSchema } from '../../../shared/settings.ts'
import { isToken, TOKEN_RULE, type TokenName } from '../../../shared/tokens.ts'
import type { Environment } from './environment.ts'
import { expand } from './expansion.ts'
import { firstProblem, type Problem } from './problems.ts'
import { readSource } from './reading.ts'
import { withoutSecrets } from './secrets.ts'
import { unknownKeyProblems, wrongValueProblems } from './sentences.ts'
import { parseYaml } from './yaml-source.ts'

/** Settings that a person has to put right. The message is one sentence for that person, free of secrets. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code = 'settings'
}

export interface LoadedSettings {
  /** Checked, with every default filled in, frozen. */
  readonly settings: Settings
  /** The tokens that the settings or the environment give, and which of them; see `tokens.ts` for the ones in use. */
  readonly tokens: Readonly<Record<TokenName, { readonly token: string; readonly from: string } | null>>
  /** The absolute path of the settings file. */
  readonly file: string
  /**
   * Where a value comes from, for messages about it. Takes the path as the file writes it, such as
   * `webhook.listen.port`; gives `settings.yaml:7: webhook.listen.port`, or without a line and with `(default)`.
   */
  where(keyPath: string): string
  /** Whether the file writes a value there. What may be missing is null all the same, where the variable that it names is unset. */
  isWritten(keyPath: string): boolean
}

export interface LoadInput {
  /** Absolute, or relative to `cwd`; messages show it as it is given here. */
  readonly file: string
  readonly cwd: string
  readonly environment: Environment
  /** Throws when it cannot read, with the system's code (ENOENT, EACCES, EISDIR …). */
  readonly readText: (path: string) => string
}

const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
  ['EPERM', 'this user may not read it'],
  ['EISDIR', 'it is a folder'],
  ['ENCODING', 'it is not text in UTF-8; save it as UTF-8'],
])

const readFile = (input: LoadInput, path: string): string => {
  try {
    return input.readText(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN'
    const reason = UNREADABLE.get(code) ?? `the system says ${code}`
    throw new SettingsError(`${input.file} cannot be read: ${reason}.`, { cause })
  }
}

/** The parser's and the schema's errors are no `cause`: they quote the file, and a log would print them. */
const refuse = (shownFile: string, { place, sentence }: Problem): never => {
  throw new SettingsError(`${shownFile}:${place.line}: ${withoutSecrets(sentence)}`)
}

const TOKENS = {
  notion: { path: 'notion.token', variable: 'NOTION_TOKEN' },
  tunnel: { path: 'tunnel.authtoken', variable: 'NGROK_AUTHTOKEN' },
} as const satisfies Record<TokenName, { readonly path: string; readonly variable: string }>

const fromEnvironment = (variable: string, environment: Environment): string | null => {
  const expansion = expand(`\${${variable}}`, environment, false)
  return expansion.kind === 'expanded' ? String(expansion.value).trim() || null : null
}

/**
 * Reads and checks a settings file (YAML, and so JSON as well).
 * Throws a SettingsError that names the problem which stands first in the file. What breaks the YAML itself comes
 * before all else, because nothing around it can be relied on.
 * A missing secret or token is no error here: see `needToken` in `tokens.ts`.
 */
export const loadSettings = (input: LoadInput): LoadedSettings => {
  const file = resolve(input.cwd, input.file)
  const yaml = parseYaml(readFile(input, file))
  if (yaml.kind === 'broken') return refuse(input.file, yaml.problem)

  const reading = readSource(yaml.source, input.environment)
  const parsed = settingsSchema.safeParse(reading.value)
  const issues = parsed.error?.issues ?? []
  const problem = firstProblem([
    ...unknownKeyProblems(issues, reading),
    ...reading.problems,
    ...wrongValueProblems(issues, reading),
  ])
  if (problem !== undefined) return refuse(input.file, problem)
  if (!parsed.success) throw new Error('The schema refused the settings without an issue')

  const { notion, tunnel, cache, ...rest } = parsed.data
  const where = (keyPath: string): string => {
    const entry = reading.entries.get(keyPath)
    return entry === undefined ? `${input.file}: ${keyPath} (default)` : `${input.file}:${entry.place.line}: ${keyPath}`
  }
  const isWritten = (keyPath: string): boolean => reading.entries.get(keyPath)?.isEmpty === false
  /** A file that names a variable means that one: where it is unset, the variable of the default is not asked. */
  const given = (name: TokenName, written: string | null): LoadedSettings['tokens'][TokenName] => {
    const { path, variable } = TOKENS[name]
    if (isWritten(path)) return written === null ? null : { token: written, from: where(path) }
    const token = fromEnvironment(variable, input.environment)
    if (token === null) return null
    if (isToken(token)) return { token, from: `the environment variable ${variable}` }
    // That of a tunnel may be another program's.
    if (name === 'tunnel' && tunnel.provider !== 'ngrok') return null
    throw new SettingsError(`The environment variable ${variable} ${TOKEN_RULE}, but is text of another kind.`)
  }
  const tokens = { notion: given('notion', notion.token), tunnel: given('tunnel', tunnel.authtoken) }
  return {
    settings: Object.freeze({
      ...rest,
      notion: Object.freeze({ ...notion, token: tokens.notion?.token ?? null }),
      tunnel: Object.freeze({ ...tunnel, authtoken: tokens.tunnel?.token ?? null }),
      cache: Object.freeze({ ...cache, folder: resolve(dirname(file), cache.folder) }),
    }),
    tokens,
    file,
    where,
    isWritten,
  }
}
