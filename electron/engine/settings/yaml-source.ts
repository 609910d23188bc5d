import { type ErrorCode, LineCounter, type Node, parseDocument } from 'yaml'
import { firstProblem, type Place, type Problem } from './problems.ts'

export interface YamlSource {
  readonly root: Node
  placeAt(offset: number): Place
}

export type ParsedYaml =
  | { readonly kind: 'parsed'; readonly source: YamlSource }
  | { readonly kind: 'broken'; readonly problem: Problem }

/** Our own words, because the parser's quote the file, and with it a secret that stands at the wrong place. */
const REASONS = {
  ALIAS_PROPS: 'an alias cannot have a tag or an anchor',
  BAD_ALIAS: 'an alias or an anchor is wrong here (text that starts with * or & needs quotes)',
  BAD_COLLECTION_TYPE: 'a tag does not fit its value',
  BAD_DIRECTIVE: 'a line that starts with % is not understood',
  BAD_DQ_ESCAPE: 'a \\ in double quotes starts no known escape (single quotes take it as it is)',
  BAD_INDENT: 'the indentation is wrong',
  BAD_PROP_ORDER: 'a tag or an anchor is at the wrong place',
  BAD_SCALAR_START: 'text that starts with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there is one value too many (text with ": " in it needs quotes)',
  BLOCK_IN_FLOW: 'indented lines cannot stand within { } or [ ]',
  DUPLICATE_KEY: 'a key stands twice',
  IMPOSSIBLE: 'it cannot be understood',
  KEY_OVER_1024_CHARS: 'a key is too long',
  MISSING_CHAR: 'something is missing: a quote, a bracket, a comma, or the ":" after a key',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line (is the ":" after it missing?)',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'lines must be indented with spaces, not with tabs',
  TAG_RESOLVE_FAILED: 'a tag is not known here (text that starts with ! needs quotes)',
  UNEXPECTED_TOKEN: 'something is too much here (a bracket, a comma, or text after the end of a value)',
} as const satisfies Record<Exclude<ErrorCode, 'MULTIPLE_DOCS'>, string>

const sentenceOf = (code: ErrorCode): string =>
  code === 'MULTIPLE_DOCS'
    ? 'a second document starts here, but settings are one document.'
    : `this is not valid YAML: ${REASONS[code]}.`

/**
 * Reads one YAML document; JSON is YAML.
 * A tag that is not known breaks the file as well: it was meant to do something, and would do nothing.
 * Duplicate keys are left to the reader of the tree, who can name them.
 */
export const parseYaml = (text: string): ParsedYaml => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  const placeAt = (offset: number): Place => ({ offset, line: Math.max(1, lines.linePos(offset).line) })
  const problem = firstProblem(
    [...document.errors, ...document.warnings].map(({ code, pos }) => ({
      place: placeAt(pos[0]),
      sentence: sentenceOf(code),
    })),
  )
  if (problem !== undefined) return { kind: 'broken', problem }
  return document.contents === null
    ? { kind: 'broken', problem: { place: { offset: 0, line: 1 }, sentence: 'the file holds no settings.' } }
    : { kind: 'parsed', source: { root: document.contents, placeAt } }
}
