import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ngrokFailure } from '../../../electron/engine/tunnel/ngrok-failures.ts'

const TOKEN = '2AbCdEfGhIjKlMnOpQrStUvWxYz_7ZyXwVuTsRqPoNmLkJiHg'

/** What a person is told to do, for each code that ngrok gives for a fault that a person can do something about. */
const TOLD: readonly (readonly [number, RegExp])[] = [
  [105, /refuses the authtoken.*Copy it anew.*tunnel\.authtoken/],
  [106, /refuses the authtoken.*Copy it anew.*tunnel\.authtoken/],
  [107, /refuses the authtoken.*Copy it anew.*tunnel\.authtoken/],
  [108, /no room for another agent.*Stop ngrok where else it runs/],
  [313, /tunnel\.domain is not reserved.*Reserve it at dashboard\.ngrok\.com\/domains/],
  [334, /already online elsewhere.*Stop ngrok there/],
  [725, /quota.*used up.*Wait for its renewal or choose a larger plan/],
  [727, /quota.*used up.*Wait for its renewal or choose a larger plan/],
  [3200, /offline.*opened anew/],
  [4018, /needs an authtoken.*Make an account.*NGROK_AUTHTOKEN/],
  [8012, /nothing answers there.*Check that no firewall/],
]

/** The forms in which a code can come with what the library throws; all of them are constructed. */
const FORMS: readonly (readonly [string, (code: string) => unknown])[] = [
  ['in a message of one line', (code) => new Error(`failed to connect session: refused. ${code}`)],
  [
    'in a message of several lines',
    (code) =>
      new Error(`failed to start listener: it is so.\r\nIt may be otherwise.\r\n\r\n${code}\r\n, error_code: ${code}`),
  ],
  [
    'as errorCode',
    (code) => Object.assign(new Error('failed to connect session'), { code: 'GenericFailure', errorCode: code }),
  ],
  ['as code', (code) => Object.assign(new Error('failed to connect session'), { code })],
  ['in a thrown text', (code) => `failed to connect session\n${code}`],
  ['in a thrown object that is no Error', (code) => ({ message: 'failed to connect session', errorCode: code })],
]

describe.each(TOLD)('ERR_NGROK_%i', (code, told) => {
  test.each(FORMS)('says what is wrong and what to do when the code stands %s', (_form, thrown) => {
    const failure = ngrokFailure(thrown(`ERR_NGROK_${code}`), TOKEN)
    expect(failure.code).toBe(`ERR_NGROK_${code}`)
    expect(failure.message).toMatch(told)
    expect(failure.message).not.toMatch(/\n/)
  })
})

describe('an error with a code that has no sentence of ours', () => {
  test('repeats the first line of what ngrok says, and names the page that explains it', () => {
    const failure = ngrokFailure(
      new Error('failed to start listener: no such plan.\r\nMore.\r\n\r\nERR_NGROK_9999'),
      TOKEN,
    )
    expect(failure.code).toBe('ERR_NGROK_9999')
    expect(failure.message).toContain('failed to start listener: no such plan.')
    expect(failure.message).toContain('ngrok.com/docs/errors/err_ngrok_9999')
    expect(failure.message).not.toContain('More')
  })

  test('that only begins like a known one is not taken for it', () => {
    expect(ngrokFailure(new Error('ERR_NGROK_1080'), TOKEN).code).toBe('ERR_NGROK_1080')
    expect(ngrokFailure(new Error('ERR_NGROK_1080'), TOKEN).message).not.toContain('another agent')
  })
})

describe('an error without a code', () => {
  test.each([
    ['failed to connect session: failed to establish tcp connection', 'unreachable', /Check the network/],
    ['failed to connect session: tls handshake error', 'tls', /firewall or a proxy.*try another network/],
  ])('that the library gives in these words: "%s"', (message, code, told) => {
    const failure = ngrokFailure(Object.assign(new Error(message), { code: 'GenericFailure' }), TOKEN)
    expect(failure.code).toBe(code)
    expect(failure.message).toMatch(told)
  })

  test('of another kind is told in the words of its first line', () => {
    expect(ngrokFailure(new Error('Failed to load native binding\nat index.js'), TOKEN)).toStrictEqual({
      code: 'ngrok',
      message: 'ngrok does not open the tunnel: Failed to load native binding',
    })
  })

  test.each([[undefined], [null], [0], [''], [{}], [{ message: 7, errorCode: 8, code: {} }], [[]], [new Error('')]])(
    'that says nothing at all is told all the same, in one line of words: %j',
    (thrown) => {
      const { code, message } = ngrokFailure(thrown, TOKEN)
      expect(code).toBe('ngrok')
      expect(message).toMatch(/^ngrok does not open the tunnel: \S/)
      expect(message).not.toContain('[object')
    },
  )

  test('may be long: only its beginning is told', () => {
    expect(ngrokFailure(new Error('word '.repeat(10_000)), TOKEN).message.length).toBeLessThan(300)
  })
})

describe('a token', () => {
  const likeOne = fc.stringMatching(/^[A-Za-z0-9]{20,30}_[A-Za-z0-9]{15,25}$/)
  const ours = fc.oneof(
    likeOne,
    fc
      .string({ minLength: 25, maxLength: 60 })
      .map((text) => text.trim())
      .filter((text) => text.length > 20),
  )
  const glue = fc.constantFrom('', ' ', '_', '"', ': ', '=', '\n', '\r\n', ' (', 'token_', 'é', '-', '/', '…')
  const code = fc.constantFrom('', '\r\n\r\nERR_NGROK_105', '\nERR_NGROK_9999', 'ERR_NGROK_9999 ', ' refused')
  const form = fc.constantFrom<(text: string) => unknown>(
    (text) => new Error(text),
    (text) => text,
    (text) => Object.assign(new Error('failed'), { code: text }),
    (text) => Object.assign(new Error(text), { errorCode: text }),
  )

  test('of ours never appears in a message, wherever it stands in what the library throws', () => {
    fc.assert(
      fc.property(ours, glue, glue, code, fc.array(fc.lorem()), form, (token, before, after, end, lines, thrown) => {
        const text = `${lines.join('\n')}${before}${token}${after}${token}${end}`
        const failure = ngrokFailure(thrown(text), token)
        expect(failure.message).not.toContain(token)
        expect(failure.code).not.toContain(token)
      }),
    )
  })

  test('that is not ours but looks like one does not appear either', () => {
    fc.assert(
      fc.property(
        likeOne,
        glue,
        glue,
        code,
        form,
        fc.constantFrom(TOKEN, null, ''),
        (token, before, after, end, thrown, own) => {
          expect(ngrokFailure(thrown(`failed:${before}${token}${after}${end}`), own).message).not.toContain(token)
        },
      ),
    )
  })

  test('that is empty leaves the words as they are', () => {
    expect(ngrokFailure(new Error('it is so'), '').message).toBe('ngrok does not open the tunnel: it is so')
  })
})
