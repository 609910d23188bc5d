import { dashedId, parseNotionId } from '../../shared/ids.ts'
import { mix, scramble } from './seeded-random.ts'

/** What an id of the workspace stands for; generated pages are of the kind that their database's number names. */
export const CREATED_PAGE = 4
export const DATABASE = 5
export const DATA_SOURCE = 6
export const HOME_PAGE = 7

export interface IdMeaning {
  /** 0 to 3: a generated page of that database; otherwise one of the kinds above. */
  readonly kind: number
  readonly index: number
}

/**
 * Ids that carry their own meaning, so that no table of them is kept.
 * Like those of a real workspace they share their first digits; their last eight are never the same twice.
 */
export interface WorkspaceIds {
  idOf(kind: number, index: number): string
  /** Takes an id with or without dashes; null for an id that this workspace never gave. */
  read(id: string): IdMeaning | null
}

const INDEX_BITS = 29
const FACTOR = 0x2c9277b5
const FACTOR_INVERSE = 0xcc2bfe9d | 0

/** The hex digits of every byte: ids are made thousands of times a second. */
const BYTES = Array.from({ length: 256 }, (_none, byte) => byte.toString(16).padStart(2, '0'))

const hexByte = (byte: number): string => BYTES[byte & 255] ?? ''
const hex16 = (value: number): string => hexByte(value >>> 8) + hexByte(value)
const hex32 = (value: number): string => hex16(value >>> 16) + hex16(value)

/** A random-looking UUID (version 4) that is the same for the same parts. */
export const seededUuid = (...parts: readonly number[]): string => {
  const seed = mix(...parts)
  const digits = [1, 2, 3, 4].map((word) => hex32(mix(seed, word))).join('')
  const variant = '89ab'.charAt(seed & 3)
  return dashedId(`${digits.slice(0, 12)}4${digits.slice(13, 16)}${variant}${digits.slice(17)}`)
}

export const createWorkspaceIds = (seed: number): WorkspaceIds => {
  const head = `${hex32(mix(seed, 1))}-${hex16(mix(seed, 2))}`
  const key = mix(seed, 3)
  const hide = (packed: number): number => {
    const mixed = Math.imul(packed ^ key, FACTOR)
    return Math.imul(mixed ^ (mixed >>> 16), FACTOR) >>> 0
  }
  const reveal = (hidden: number): number => {
    const mixed = Math.imul(hidden, FACTOR_INVERSE)
    return (Math.imul(mixed ^ (mixed >>> 16), FACTOR_INVERSE) ^ key) >>> 0
  }
  const idOf = (kind: number, index: number): string => {
    const hidden = hide((kind << INDEX_BITS) | index)
    const check = scramble(hidden ^ key)
    const groups = `8${hex16(check).slice(1)}-${hex16(0x8000 | ((check >>> 16) & 0x3fff))}`
    return `${head}-${groups}-${hex16(scramble(check))}${hex32(hidden)}`
  }
  return {
    idOf,
    read: (text) => {
      const packed = reveal(Number.parseInt(text.slice(-8), 16))
      const meaning = { kind: packed >>> INDEX_BITS, index: packed & (2 ** INDEX_BITS - 1) }
      const id = idOf(meaning.kind, meaning.index)
      return id === text || parseNotionId(text) === parseNotionId(id) ? meaning : null
    },
  }
}
