import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { answerAt } from '../../electron/console/question.ts'

const answered = (typed: string, isEnded = false) => {
  const input = new PassThrough()
  input.write(typed)
  if (isEnded) input.end()
  return answerAt({ input, output: new PassThrough(), terminal: true }, 'Really? ')
}

test('what is typed is the answer, with the end of its line', async () => {
  expect(await answered('yes\r')).toBe('yes')
})

test.each([
  ['Ctrl-C', 'ye\u0003', false],
  ['Ctrl-D', '\u0004', false],
  ['the end of the input', 'ye', true],
])('%s answers nothing', async (_, typed, isEnded) => {
  expect(await answered(typed, isEnded)).toBe('')
})
