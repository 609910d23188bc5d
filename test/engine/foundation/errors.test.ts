import { once } from 'node:events'
import { connect } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorText } from '../../../electron/engine/foundation/errors.ts'
import { startTunnelServer } from '../../support/tunnel-server.ts'

/** What OpenSSL says of an answer in the clear. */
const tlsError = async (): Promise<unknown> => {
  const { address } = await startTunnelServer((connection) => connection.end('HTTP/1.1 200 OK\r\n\r\nhello'))
  const socket = connect(Number(address.replace(/^.*:/, '')), '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  return (await once(socket, 'error'))[0]
}

describe('the text of an error', () => {
  test('that OpenSSL gave is one line, and the same each time', async () => {
    const texts = [errorText(await tlsError()), errorText(await tlsError())]
    expect(texts[0]).toMatch(/^[a-z ]+$/)
    expect(texts[1]).toBe(texts[0])
  })

  test('that OpenSSL gave while something was written is its reason too', () => {
    const words =
      'write EPROTO 404DE24B617F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/openssl/openssl/ssl/record/methods/tlsany_meth.c:77:\n'
    const error = Object.assign(new Error(words), { code: 'EPROTO', syscall: 'write' })
    expect(errorText(new TypeError('fetch failed', { cause: error }))).toBe('fetch failed (wrong version number)')
  })

  test('of a connection that failed at each address of a name tells each of them', () => {
    const tried = ['::1', '127.0.0.1'].map((address) => new Error(`connect ECONNREFUSED ${address}:9`))
    expect(errorText(new TypeError('fetch failed', { cause: new AggregateError(tried) }))).toBe(
      'fetch failed (connect ECONNREFUSED ::1:9, connect ECONNREFUSED 127.0.0.1:9)',
    )
  })

  test.each([
    [new Error('refused\r\n\r\nERR_NGROK_108\r\n'), 'refused ERR_NGROK_108'],
    [new Error('first\u2028second', { cause: new Error('\n  third\n\tfourth') }), 'first second (third fourth)'],
    [Object.assign(new Error('x'), { library: 'SSL routines', reason: 'bad\nrecord' }), 'bad record'],
    ['two\nlines', 'two lines'],
    ['\n three \r\n\r\n lines\u2028with  gaps ', 'three lines with  gaps'],
  ])('that has several lines is one all the same: %j', (error, expected) => {
    expect(errorText(error)).toBe(expected)
  })

  test.each([
    [Object.assign(new Error(''), { code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
    [new RangeError(''), 'RangeError'],
    [new AggregateError([]), 'AggregateError'],
    ['just words', 'just words'],
  ])('that says nothing is its code, or its name: %s', (error, expected) => {
    expect(errorText(error)).toBe(expected)
  })
})
