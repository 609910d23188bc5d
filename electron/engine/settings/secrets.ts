import type { KeyPath } from './key-path.ts'

const SECRET_KEYS: ReadonlySet<string> = new Set(['secret', 'token', 'authtoken'])

const secretStep = (path: KeyPath): number =>
  path.findIndex((step) => typeof step === 'string' && SECRET_KEYS.has(step))

/** Whether the value at this path belongs to a secret: it is text whatever it looks like, and never shown. */
export const isSecretPath = (path: KeyPath): boolean => secretStep(path) !== -1

/** Whether text may hold a secret that slipped out of its place: `secret:abc` without the space is no key but text. */
export const mentionsSecret = (text: string): boolean => /secret|token/i.test(text)

const presentableName = (name: string): string =>
  /^[\w-]*$/.test(name) ? name : name.replace(/(secret|token).+$/is, '$1…')

/**
 * The part of a path that may be shown.
 * Below a key that keeps a secret, even names of keys may be part of it; `secret:abc` may stand as a key as well.
 */
export const presentablePath = (path: KeyPath): KeyPath =>
  (isSecretPath(path) ? path.slice(0, secretStep(path) + 1) : path).map((step) =>
    typeof step === 'string' ? presentableName(step) : step,
  )

/**
 * Strikes out what looks like a secret of Notion or of ngrok, or like the user part of an address.
 * It catches what a person pasted under the wrong key; the values of the right keys never come this far.
 */
export const withoutSecrets = (text: string): string =>
  text
    .replace(/(secret|ntn)_[A-Za-z0-9]{8,}/g, '$1_…')
    .replace(/\b\d[A-Za-z0-9]{26}_\d[A-Za-z0-9]{19,21}\b/g, '…')
    .replace(/\/\/[^/\s"]+@/g, '//…@')
