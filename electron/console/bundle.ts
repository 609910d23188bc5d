import type { BundleFile } from '../../shared/diagnosis.ts'
import type { Settings } from '../../shared/settings.ts'
import { isSecretPath } from '../engine/settings/secrets.ts'

const HIDDEN = '[hidden]'

const withoutSecretValues = (value: unknown, path: readonly string[]): unknown => {
  if (value === null || value === undefined) return null
  if (isSecretPath(path)) return HIDDEN
  if (typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutSecretValues(item, [...path, key])]),
  )
}

/** The settings in effect; of a secret only whether there is one. */
export const settingsFile = (settings: Settings): BundleFile => ({
  name: 'settings.json',
  text: `${JSON.stringify(withoutSecretValues(settings, []), null, 2)}\n`,
})

/** The files as one zip archive, each in its folder. The library is loaded when the first bundle is made. */
export const packBundle = async (files: readonly BundleFile[], now: number): Promise<Uint8Array> => {
  const { strToU8, zipSync } = await import('fflate')
  const entries = files.map(({ name, text }) => [`blackcore-sync/${name}`, strToU8(text)] as const)
  return zipSync(Object.fromEntries(entries), { level: 6, mtime: now })
}
