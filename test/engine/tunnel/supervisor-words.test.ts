import { expect, test } from 'vitest'
import { laterLook, outOfProbes, silentProvider } from '../../../electron/engine/tunnel/supervisor-words.ts'

const AT = Date.parse('2026-11-23T12:00:00.000Z')

test('a provider that gives no answer is told by its name, with what to do', () => {
  expect(silentProvider('ngrok')).toEqual({
    code: 'silent',
    message:
      'ngrok gives no answer, so Notion cannot reach this computer. Check the network; it is tried again by itself.',
  })
})

test('where no probe is left, it is said when the next one can be sent, and of which address it is', () => {
  expect(outOfProbes('https://name.test/w', AT)).toMatch(
    /reach https:\/\/name\.test\/w is checked at 2026-11-23T12:00:00\.000Z\.$/,
  )
  expect(outOfProbes(null, AT)).toContain('reach this computer is checked')
})

test('a look that is long off is announced, and one that is soon is not', () => {
  expect(laterLook(AT)).toBe(' It has lasted: it is looked at again at 2026-11-23T12:00:00.000Z, and at each start.')
  expect(laterLook(null)).toBe('')
})
