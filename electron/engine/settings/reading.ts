import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'
import type { Environment } from './environment.ts'
import { expand } from './expansion.ts'
import { type KeyPath, keyPathText } from './key-path.ts'
import type { Place, Problem } from './problems.ts'
import { isSecretPath, mentionsSecret, presentablePath } from './secrets.ts'
import type { YamlSource } from './yaml-source.ts'

/** What stands in the file at one key path. */
export interface Entry {
  /** Where its key stands, or the item itself in a list. */
  readonly place: Place
  /** What stands there, for the end of "must be …, but …". Never gives away a secret or a variable's value. */
  readonly shown: string
  /** The text as written, where it may be shown and no variable changes it. */
  readonly text: string | null
  readonly isEmpty: boolean
}

export interface Reading {
  /** The whole file, variables expanded; not yet checked against the schema. */
  readonly value: unknown
  readonly entries: ReadonlyMap<string, Entry>
  readonly problems: readonly Problem[]
}

/** These may be missing for now, so their variables may be unset. */
const MAY_BE_UNSET: ReadonlySet<string> = new Set(['webhook.secret', 'notion.token', 'tunnel.authtoken'])

const LONGEST_SHOWN_CHARS = 60

const shortened = (text: string): string =>
  text.length > LONGEST_SHOWN_CHARS ? `${text.slice(0, LONGEST_SHOWN_CHARS)}…` : text

const kindOf = (value: unknown): string => {
  if (typeof value === 'number') return 'is a number'
  if (typeof value === 'boolean') return 'is true or false'
  return value === null ? 'is empty' : 'is text of another kind'
}

const shownText = (text: string, hasVariables: boolean): string => {
  // An address with a user name and a password has it before an "@", however much of it is none.
  const isShown = !mentionsSecret(text) && !text.includes('@')
  if (hasVariables) return `${isShown ? JSON.stringify(shortened(text)) : 'the text'} expands to something else`
  return isShown ? `is ${JSON.stringify(shortened(text))}` : kindOf(text)
}

const shownScalar = (scalar: Scalar, path: KeyPath, hasVariables: boolean): string => {
  if (isSecretPath(path) || scalar.value === null) return kindOf(scalar.value)
  return typeof scalar.value === 'string'
    ? shownText(scalar.value, hasVariables)
    : `is ${shortened(scalar.source ?? '')}`
}

const keyText = (key: unknown): string | null => {
  if (!isScalar(key) || key.value === null) return null
  return typeof key.value === 'string' ? key.value : (key.source ?? null)
}

/** Walks the document once: collects values, where they stand, and what is wrong before any schema looks at them. */
export const readSource = (source: YamlSource, environment: Environment): Reading => {
  const entries = new Map<string, Entry>()
  const problems: Problem[] = []

  const report = (place: Place, path: KeyPath, says: string): void => {
    problems.push({ place, sentence: `${keyPathText(presentablePath(path)) || 'the file'} ${says}` })
  }
  const note = (path: KeyPath, entry: Pick<Entry, 'place' | 'shown'> & Partial<Entry>): void => {
    entries.set(keyPathText(path), { text: null, isEmpty: false, ...entry })
  }

  const readText = (scalar: Scalar<string>, path: KeyPath, place: Place): unknown => {
    const expansion = expand(scalar.value, environment, scalar.type === 'PLAIN' && !isSecretPath(path))
    const isLiteral = expansion.kind === 'literal'
    note(path, {
      place,
      shown: shownScalar(scalar, path, !isLiteral),
      text: isLiteral && !isSecretPath(path) ? scalar.value : null,
      isEmpty: scalar.value === '',
    })
    if (isLiteral) return scalar.value
    if (expansion.kind === 'expanded') return expansion.value
    if (expansion.kind === 'malformed') {
      report(place, path, 'holds a "${" that starts no variable: write ${NAME}, with letters, digits and _ only.')
    } else if (!MAY_BE_UNSET.has(keyPathText(path))) {
      const state = expansion.isEmpty ? 'empty' : 'not set'
      report(place, path, `needs the environment variable ${expansion.variable}, which is ${state}.`)
    }
    return null
  }

  const readGroup = (map: YAMLMap, path: KeyPath): unknown => {
    const lines = new Map<string, number>()
    const pairs = map.items as readonly Pair<Node | null, Node | null>[]
    const values = pairs.flatMap(({ key, value }) => {
      const place = source.placeAt(key?.range?.[0] ?? map.range?.[0] ?? 0)
      const name = keyText(key)
      if (name === null) {
        report(place, path, 'holds a key that is no text.')
        return []
      }
      const firstLine = lines.get(name)
      if (firstLine !== undefined) {
        report(place, [...path, name], `stands twice: it is already in line ${firstLine}.`)
        return []
      }
      lines.set(name, place.line)
      return [[name, read(value, [...path, name], place)] as const]
    })
    return Object.fromEntries(values)
  }

  const read = (node: Node | null, path: KeyPath, place: Place): unknown => {
    if (isMap(node)) {
      note(path, { place, shown: node.items.length === 0 ? 'is an empty group' : 'is a group of keys' })
      return readGroup(node, path)
    }
    if (isSeq<Node | null>(node)) {
      note(path, { place, shown: node.items.length === 0 ? 'is an empty list' : 'is a list' })
      return node.items.map((item, index) =>
        read(item, [...path, index], source.placeAt(item?.range?.[0] ?? place.offset)),
      )
    }
    if (isScalar<string>(node) && typeof node.value === 'string') return readText(node, path, place)
    if (isScalar(node)) {
      note(path, { place, shown: shownScalar(node, path, false), isEmpty: node.value === null })
      return node.value
    }
    note(path, { place, shown: 'is empty', isEmpty: true })
    if (isAlias(node)) report(place, path, 'is an alias (*), which settings cannot hold: write the value itself.')
    return null
  }

  const value = read(source.root, [], source.placeAt(source.root.range?.[0] ?? 0))
  return { value, entries, problems }
}
