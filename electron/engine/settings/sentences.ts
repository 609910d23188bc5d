import type { z } from 'zod'
import { type KeyPath, keyPathText } from './key-path.ts'
import { nearestName } from './near-names.ts'
import type { Problem } from './problems.ts'
import type { Entry, Reading } from './reading.ts'
import { presentablePath } from './secrets.ts'

const START_OF_FILE: Entry = { place: { offset: 0, line: 1 }, shown: 'is empty', text: null, isEmpty: true }

const nameOf = (path: KeyPath): string => keyPathText(presentablePath(path)) || 'the file'

const question = (name: string | null): string => (name === null ? '' : ` Did you mean ${name}?`)

const closestEntry = (path: KeyPath, reading: Reading): Entry =>
  reading.entries.get(keyPathText(path)) ??
  (path.length === 0 ? START_OF_FILE : closestEntry(path.slice(0, -1), reading))

const unknownKey = (path: KeyPath, name: string, known: readonly string[], reading: Reading): Problem => {
  const near = nearestName(name, known)
  return {
    place: closestEntry([...path, name], reading).place,
    sentence: `${nameOf([...path, name])} is not a known key.${
      near === null ? ` Known here: ${known.join(', ')}.` : question(near)
    }`,
  }
}

const wrongValue = (issue: z.core.$ZodIssue, path: KeyPath, reading: Reading): Problem => {
  const entry = reading.entries.get(keyPathText(path))
  if (entry === undefined)
    return {
      place: closestEntry(path, reading).place,
      sentence: `${nameOf(path)} is missing: it ${issue.message}.`,
    }
  const near =
    issue.code === 'invalid_value' && entry.text !== null
      ? nearestName(
          entry.text,
          issue.values.filter((value) => typeof value === 'string'),
        )
      : null
  return { place: entry.place, sentence: `${nameOf(path)} ${issue.message}, but ${entry.shown}.${question(near)}` }
}

const pathOf = (issue: z.core.$ZodIssue): KeyPath =>
  issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))

/** The keys that the schema does not know; the message of such an issue lists those that it knows there. */
export const unknownKeyProblems = (issues: readonly z.core.$ZodIssue[], reading: Reading): readonly Problem[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((name) => unknownKey(pathOf(issue), name, issue.message.split(' '), reading))
      : [],
  )

/** The values that break a rule, and those that are missing; the message of such an issue is the rule in words. */
export const wrongValueProblems = (issues: readonly z.core.$ZodIssue[], reading: Reading): readonly Problem[] =>
  issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? [] : [wrongValue(issue, pathOf(issue), reading)]))
