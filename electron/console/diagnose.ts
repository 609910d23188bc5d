import { type BundleFile, type Check, CHECK_NAMES } from '../../shared/diagnosis.ts'
import type { WithoutEngine } from '../engine/engine.ts'
import { type LoadedSettings, SettingsError } from '../engine/settings/load.ts'
import { packBundle, settingsFile } from './bundle.ts'
import { checksText } from './checks-text.ts'
import { type Call, HangingEngineError, RefusedCallError } from './client.ts'
import { CommandError } from './commands.ts'

export interface Versions {
  readonly product: string
  readonly node: string
  readonly system: string
  readonly architecture: string
}

export interface DiagnoseParts {
  /** Reads the settings file. Throws a SettingsError where it cannot be used. */
  readonly load: () => LoadedSettings
  /** As it is shown to a person. */
  readonly config: string
  /** When the settings file was written (ms since 1970); null where there is none. */
  readonly settingsWrittenAt: () => Promise<number | null>
  /** The one that runs on the data folder; null where none does. */
  readonly engine: Call | 'silent' | null
  readonly withoutEngine: (loaded: LoadedSettings | null, withFiles: boolean) => Promise<WithoutEngine>
  /** What can be looked at beside an engine that cannot be asked. */
  readonly besideEngine: DiagnoseParts['withoutEngine']
  readonly redact: (text: string) => string
  /** As `createPresentable` makes it. */
  readonly presentable: (text: string) => string
  readonly versions: Versions
  readonly bundle: {
    readonly path: string
    /** False where something has that name already. */
    readonly write: (bytes: Uint8Array) => Promise<boolean>
    readonly exists: () => Promise<boolean>
  } | null
  readonly isJson: boolean
  readonly print: (text: string) => void
  readonly now: () => number
}

export interface Diagnosed {
  readonly hasFailed: boolean
  /** The disk did not answer: this process cannot end in order. */
  readonly isDiskSilent: boolean
}

const settingsCheck = ({ load, config }: DiagnoseParts): { readonly loaded: LoadedSettings | null; check: Check } => {
  try {
    const loaded = load()
    return { loaded, check: { name: 'settings', outcome: 'ok', message: `${config} is complete.` } }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return { loaded: null, check: { name: 'settings', outcome: 'failed', message: error.message } }
  }
}

const SILENT =
  'The Blackcore Sync that runs with this data folder does not answer. End it, start it again, and look once more.'

/** The engine's sentence follows. */
const REFUSED = 'The Blackcore Sync that runs cannot look at itself.'

/** All checks but the settings: `looked` are those that needed no engine. */
const checksBeside = (looked: readonly Check[], failure: string, reason: string): readonly Check[] =>
  CHECK_NAMES.filter((name) => name !== 'settings').map((name) => {
    if (name === 'listener') return { name, outcome: 'failed', message: failure }
    const found = looked.find((check) => check.name === name)
    return found ?? { name, outcome: 'skipped', message: `not checked: ${reason}.` }
  })

type Found = WithoutEngine & { readonly settings_read_at?: string | undefined }

/** What the file says is not what the engine runs with, where it was written since. */
const withEngine = async (check: Check, found: Found, { config, settingsWrittenAt }: DiagnoseParts): Promise<Check> => {
  const writtenAt = await settingsWrittenAt()
  const readAt = found.settings_read_at === undefined ? null : Date.parse(found.settings_read_at)
  if (check.outcome !== 'ok' || writtenAt === null || readAt === null || writtenAt <= readAt) return check
  const message = `${config} is complete, but the engine that runs was started before it was changed. Start it again to use it.`
  return { ...check, outcome: 'notice', message }
}

const look = async (parts: DiagnoseParts, loaded: LoadedSettings | null): Promise<Found> => {
  const withFiles = parts.bundle !== null
  const beside = async (failure: string, reason: string): Promise<Found> => {
    const { checks, files, isDiskSilent } = await parts.besideEngine(loaded, withFiles)
    return { checks: checksBeside(checks, failure, reason), files, isDiskSilent }
  }
  if (parts.engine === null) return parts.withoutEngine(loaded, withFiles)
  if (parts.engine === 'silent') return beside(SILENT, 'the running engine does not answer')
  try {
    return { ...(await parts.engine('diagnose', { with_files: withFiles })), isDiskSilent: false }
  } catch (error) {
    if (error instanceof HangingEngineError) return beside(SILENT, 'the running engine does not answer')
    if (error instanceof RefusedCallError) {
      return beside(`${REFUSED} ${error.message}`, 'the running engine cannot look at itself')
    }
    throw error
  }
}

const bundleFiles = (
  { versions, presentable }: DiagnoseParts,
  loaded: LoadedSettings | null,
  checks: readonly Check[],
  files: readonly BundleFile[],
): readonly BundleFile[] => {
  const own: readonly BundleFile[] = [
    { name: 'checks.txt', text: `${checksText(checks)}\n` },
    { name: 'checks.json', text: `${JSON.stringify({ checks }, null, 2)}\n` },
    { name: 'versions.json', text: `${JSON.stringify(versions, null, 2)}\n` },
    ...(loaded === null ? [] : [settingsFile(loaded.settings)]),
  ]
  return [...own, ...files].map(({ name, text }) => ({ name, text: presentable(text) }))
}

const taken = (path: string): CommandError =>
  new CommandError(`${path} exists already, and is not overwritten: give the bundle another name.`)

/** Looks at everything in order, says it, and packs the bundle where one is wanted. */
export const diagnose = async (parts: DiagnoseParts): Promise<Diagnosed> => {
  const { bundle, redact, print } = parts
  if (bundle !== null && (await bundle.exists())) throw taken(bundle.path)
  const { loaded, check: read } = settingsCheck(parts)
  const found = await look(parts, loaded)
  const check = await withEngine(read, found, parts)
  const checks = [check, ...found.checks].map((each) => ({ ...each, message: redact(each.message) }))
  if (!parts.isJson) print(checksText(checks))
  if (bundle !== null) {
    const bytes = await packBundle(bundleFiles(parts, loaded, checks, found.files), parts.now())
    if (!(await bundle.write(bytes))) throw taken(bundle.path)
    if (!parts.isJson)
      print(`\nThe bundle is ${bundle.path}. It holds no secrets and no pages; look before you send it.`)
  }
  if (parts.isJson) print(JSON.stringify({ checks, bundle: bundle?.path ?? null }))
  return { hasFailed: checks.some(({ outcome }) => outcome === 'failed'), isDiskSilent: found.isDiskSilent }
}
