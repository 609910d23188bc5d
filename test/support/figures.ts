/** `npm run soak` asks for the full figures; `npm test` runs the same tests at small ones. */
const isFull = process.env['FIGURES'] === 'full'

export const figure = <T>(small: T, full: T): T => (isFull ? full : small)

/** One line about what a test measured: in the output of the tests, and all that the soak prints of one that passed. */
export const tell = (line: string): void => {
  console.log(line)
}
