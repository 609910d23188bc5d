import { describe, expect, onTestFinished, test } from 'vitest'
import { useSystemProxy } from '../../../electron/engine/foundation/system-network.ts'
import { failureOfSilence } from '../../../electron/engine/notion/failures.ts'
import { silenceOf } from '../../../electron/engine/notion/sdk.ts'
import { freePort } from '../../support/answering-server.ts'
import { startConnectProxy } from '../../support/connect-proxy.ts'
import { requestsAt } from '../../support/notion-at.ts'
import { redactorOf } from '../../support/redactor-of.ts'

/** As fetch throws it: the reason is the cause, and several addresses fail with one error of several. */
const thrown = (...fields: readonly Readonly<Record<string, string>>[]): Error => {
  const reasons = fields.map((field) => Object.assign(new Error(field['code']), field))
  return new TypeError('fetch failed', { cause: reasons.length === 1 ? reasons[0] : new AggregateError(reasons) })
}

describe('what fetch throws', () => {
  const UNTRUSTED = 'its certificate is of an issuer that this system does not trust'

  test.each([
    ['a name that is looked up in vain', thrown({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), 'ENOTFOUND'],
    ['a resolver that does not answer', thrown({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), 'EAI_AGAIN'],
    ['nobody who listens', thrown({ code: 'ECONNREFUSED', syscall: 'connect' }), 'ECONNREFUSED'],
    ['no way to the network', thrown({ code: 'ENETUNREACH', syscall: 'connect' }), 'ENETUNREACH'],
    ['no way to the host', thrown({ code: 'EHOSTUNREACH', syscall: 'connect' }), 'EHOSTUNREACH'],
    ['a network that went down under an open connection', thrown({ code: 'ENETDOWN', syscall: 'read' }), 'ENETDOWN'],
    ['a connection that the system gives up making', thrown({ code: 'ETIMEDOUT', syscall: 'connect' }), 'ETIMEDOUT'],
    ['a connection that fetch gives up making', thrown({ code: 'UND_ERR_CONNECT_TIMEOUT' }), 'UND_ERR_CONNECT_TIMEOUT'],
    ['a connection that this machine does not allow', thrown({ code: 'EACCES', syscall: 'connect' }), 'EACCES'],
    [
      'several addresses, each for a reason of its own',
      thrown({ code: 'ETIMEDOUT', syscall: 'connect' }, { code: 'ENETUNREACH', syscall: 'connect' }),
      'ETIMEDOUT, ENETUNREACH',
    ],
    ['a stranger who answers in the name of the host', thrown({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), UNTRUSTED],
    [
      'a certificate for another name',
      thrown({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      'its certificate is for another name',
    ],
    ['a certificate that nobody vouches for', thrown({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), UNTRUSTED],
    [
      'a server without TLS',
      thrown({ code: 'ERR_SSL_WRONG_VERSION_NUMBER', library: 'SSL routines', reason: 'wrong version number' }),
      'the connection cannot be secured (wrong version number)',
    ],
    [
      'a server without TLS, met while something was written',
      thrown({ code: 'EPROTO', syscall: 'write', library: 'SSL routines', reason: 'wrong version number' }),
      'the connection cannot be secured (wrong version number)',
    ],
  ])('for %s says that Notion cannot be reached', (_what, error, detail) => {
    expect(silenceOf(error)).toMatchObject({ kind: 'no-answer', reason: 'network', detail })
  })

  test('for a certificate that is not taken says what to do about it', () => {
    expect(failureOfSilence(silenceOf(thrown({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }))).message).toBe(
      `Notion cannot be reached: ${UNTRUSTED}. If a proxy of this network looks into what passes, have the system trust its certificate; else somebody answers in Notion’s place here: try another network.`,
    )
  })

  test.each([
    ['a reset', thrown({ code: 'ECONNRESET', syscall: 'read' })],
    ['a reset while it was being made', thrown({ code: 'ECONNRESET', syscall: 'connect' })],
    ['a request into a closed connection', thrown({ code: 'EPIPE', syscall: 'write' })],
    ['the other side closing it', thrown({ code: 'UND_ERR_SOCKET' })],
    ['an open connection that fell silent', thrown({ code: 'ETIMEDOUT', syscall: 'read' })],
    ['a reason that nobody knew before', thrown({ code: 'EWHATEVER' })],
    ['no reason', new TypeError('fetch failed')],
    ['what is no error', 'out of order'],
  ])('for %s tells of this one connection', (_what, error) => {
    expect(silenceOf(error)).toMatchObject({ kind: 'no-answer', reason: 'cut' })
  })

  test.each(['TimeoutError', 'RequestTimeoutError'])('as %s is the time limit', (name) => {
    expect(silenceOf(Object.assign(new Error('aborted'), { name }))).toMatchObject({ reason: 'time-out' })
  })
})

/** As Node tells it. */
const refusedByProxy = (status: number): Error => {
  const reason = Object.assign(new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`), {
    name: 'AbortError',
    code: 'UND_ERR_ABORTED',
  })
  return new TypeError('fetch failed', { cause: new Error('Request was cancelled.', { cause: reason }) })
}

test.each([407, 502])(
  'a proxy that nobody here named and that answers %s is in the way of everybody, and is told',
  (status) => {
    expect(silenceOf(refusedByProxy(status))).toEqual({
      kind: 'no-answer',
      reason: 'network',
      detail: `a proxy on the way does not let the connection through (${status})`,
      remedy: null,
    })
  },
)

describe('a proxy of the environment', () => {
  const askedThrough = async (variables: Readonly<Record<string, string>>) => {
    onTestFinished(useSystemProxy(variables, redactorOf()))
    const answer = await requestsAt('https://notion.invalid').me()
    if (answer.kind !== 'no-answer') throw new Error(answer.kind)
    return failureOfSilence(answer)
  }

  test('that wants to know who asks is told by its name, with the variable that counted and how to write it', async () => {
    const proxy = await startConnectProxy({}, 'a password')
    expect(await askedThrough({ HTTPS_PROXY: 'http://other.invalid:9', https_proxy: proxy.url })).toMatchObject({
      code: 'unreachable',
      message: `Notion cannot be reached: the proxy ${proxy.url} asks for a user name and a password (407). Write them into https_proxy, as user:password@host:port, special characters percent-encoded (%40 for @), and start again.`,
    })
  })

  test('that does not let the connection through is told with what it is to allow', async () => {
    const proxy = await startConnectProxy({})
    expect(await askedThrough({ ALL_PROXY: proxy.url })).toMatchObject({
      code: 'unreachable',
      message: `Notion cannot be reached: the proxy ${proxy.url} does not let the connection through (502). Have it allow notion.invalid, or try another network.`,
    })
  })

  test('at whose address nobody is is told by its name', async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    expect(await askedThrough({ HTTP_PROXY: address })).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(
        new RegExp(
          `^Notion cannot be reached: the proxy ${address} gives no connection \\(.*ECONNREFUSED.*\\)\\. Check it, and HTTP_PROXY that names it\\.$`,
        ),
      ),
    })
  })
})
