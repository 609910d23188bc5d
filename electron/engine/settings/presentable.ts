const HIDDEN = '[hidden]'

/** Where a token stands in no known place: what looks like one is taken for one. */
const SHAPES: readonly (readonly [shape: RegExp, instead: string])[] = [
  [/(?:secret|ntn)_[A-Za-z0-9]{8,}/g, HIDDEN],
  // ngrok's authtokens (two parts), credentials and API keys.
  [/[A-Za-z0-9]{20,40}_[A-Za-z0-9]{10,40}/g, HIDDEN],
  [/\b(?:ak|cr|ek|ngrok)_[A-Za-z0-9]{16,}/g, HIDDEN],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // The user part of an address, as a proxy has it.
  [/\/\/[^/\s"\\]+@/g, `//${HIDDEN}@`],
  // What follows a question mark in an address may be a key.
  [/(https?:\/\/[^\s"?\\]+)\?[^\s"\\]+/g, `$1?${HIDDEN}`],
]

/** Names of page files begin with the page's title; neither a path's separator nor a quote can be part of one. */
const PAGE_FILE = /[^/\\"<>|:*?\n]{1,200} \(((?:[0-9a-f]{24})?[0-9a-f]{8})\)/g

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The folder itself and what is in it, not its namesakes; a folder this near to the root names nobody. */
const homePatterns = (home: string): readonly RegExp[] =>
  home.length < 3
    ? []
    : [...new Set([home, inJson(home), inJson(inJson(home))])].map(
        (form) => new RegExp(`${escaped(form)}(?![\\w.-])`, 'g'),
      )

export interface PresentableParts {
  /** Removes the secrets that are known. */
  readonly redact: (text: string) => string
  readonly homeFolder: string
}

/** Makes text fit for a bundle that is given away: no secret, no title of a page, no name of the user’s folder. */
export const createPresentable = ({ redact, homeFolder }: PresentableParts): ((text: string) => string) => {
  const homes = homePatterns(homeFolder)
  return (text) => {
    const known = redact(text)
    const shaped = SHAPES.reduce((rest, [shape, instead]) => rest.replace(shape, instead), known)
    const untitled = shaped.replace(PAGE_FILE, '… ($1)')
    return homes.reduce((rest, home) => rest.replace(home, '~'), untitled)
  }
}
