/** The numbers of jobs, and times. */
const IS_NO_SECRET = /^\d{1,15}[smh]?$/

/** What was typed where nothing belongs, for a sentence: numbers and times as they are; any other word may be a secret. */
export const shownWords = (words: readonly string[]): readonly string[] => {
  const shown = words.filter((word) => IS_NO_SECRET.test(word))
  const hidden = words.length - shown.length
  if (hidden === 0) return shown
  return [
    ...shown,
    hidden === 1 ? 'a word (not repeated: it may be a secret)' : `${hidden} words (not repeated: one may be a secret)`,
  ]
}
