import { inOneLine } from './errors.ts'

/** Keeps secrets out of text that leaves the program: log lines, messages, what is packed for others to read. */
export interface Redactor {
  /** From now on this is a secret; null and empty text teach nothing. */
  learn(secret: string | null): void
  /** The text without any secret that is known by now, or that looks like one. */
  redact(text: string): string
}

const HIDDEN = '[hidden]'

/** Tokens as Notion and ngrok print them: hidden even when nobody told us that they are secret. */
const TOKEN_SHAPES =
  /\b(?:secret_[A-Za-z0-9]{20,200}|ntn_[A-Za-z0-9]{20,200}|\d[A-Za-z0-9]{26}_\d[A-Za-z0-9]{19,21})\b/g

/** The user part of an address: of a proxy, say. */
const CREDENTIALS = /\/\/[^/\s"]+@/g

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The forms in which a secret can stand in a line: as it is, in JSON, in JSON within JSON, in an address, in an error. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  inJson(secret),
  inJson(inJson(secret)),
  encodeURIComponent(secret.toWellFormed()),
  inOneLine(secret),
]

/** Knows nothing yet but the shapes of tokens. */
export const createRedactor = (): Redactor => {
  const forms = new Set<string>()
  /** A secret may hold another one: the longest is looked for first. */
  let longestFirst: readonly string[] = []
  return {
    learn: (secret) => {
      if (secret === null || secret === '') return
      for (const form of formsOf(secret)) if (form !== '') forms.add(form)
      longestFirst = [...forms].sort((a, b) => b.length - a.length)
    },
    redact: (text) =>
      longestFirst
        .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text)
        .replace(TOKEN_SHAPES, HIDDEN)
        .replace(CREDENTIALS, `//${HIDDEN}@`),
  }
}
