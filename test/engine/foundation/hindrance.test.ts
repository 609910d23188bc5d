import { once } from 'node:events'
import { connect } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hindranceOf, refusedByProxy, unreachableProxy } from '../../../electron/engine/foundation/hindrance.ts'
import type { SystemProxy } from '../../../electron/engine/foundation/system-network.ts'
import { startTunnelServer } from '../../support/tunnel-server.ts'

const TARGET = 'host.example:443'
const IF_UNTRUSTED = 'Have the certificate renewed.'

const proxyAt = (address: string): SystemProxy => {
  const url = new URL(address)
  return { variable: 'https_proxy', url, shown: url.origin }
}
const open = proxyAt('http://proxy.example:3128')
const withPassword = proxyAt('http://me:sesame@proxy.example:3128')

const way = (proxy: SystemProxy | null) => ({ proxy, target: TARGET, ifUntrusted: IF_UNTRUSTED })

/** As fetch throws it. */
const thrown = (fields: Readonly<Record<string, string>>, words = fields['code'] ?? ''): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(words), fields) })

const refused = (status: number): Error =>
  new TypeError('fetch failed', {
    cause: new Error('Request was cancelled.', {
      cause: new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`),
    }),
  })

describe('a proxy that lets nobody through', () => {
  test('is told by its name, with the variable that it belongs into, where it asks who we are', () => {
    const remedy =
      'Write them into https_proxy, as user:password@host:port, special characters percent-encoded (%40 for @), and start again.'
    expect(hindranceOf(refused(407), way(open))).toEqual({
      detail: 'the proxy http://proxy.example:3128 asks for a user name and a password (407)',
      remedy,
    })
    expect(refusedByProxy(withPassword, 407, TARGET)).toEqual({
      detail: 'the proxy http://proxy.example:3128 takes neither the user name nor the password given (407)',
      remedy,
    })
  })

  test('is told with what it is to let through', () => {
    expect(hindranceOf(refused(403), way(withPassword))).toEqual({
      detail: 'the proxy http://proxy.example:3128 does not let the connection through (403)',
      remedy: 'Have it allow host.example:443, or try another network.',
    })
  })

  test('is told as one on the way where nobody here named it', () => {
    expect(hindranceOf(refused(407), way(null))).toEqual({
      detail: 'a proxy on the way does not let the connection through (407)',
      remedy: null,
    })
  })
})

describe('a proxy that cannot be reached', () => {
  test.each([
    ['a name that is looked up in vain', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'ENOTFOUND'],
    ['nobody who listens', { code: 'ECONNREFUSED', syscall: 'connect' }, 'ECONNREFUSED'],
  ])('is told by its name: %s', (_, fields, reason) => {
    expect(hindranceOf(thrown(fields), way(open))).toEqual({
      detail: `the proxy http://proxy.example:3128 gives no connection (${reason})`,
      remedy: 'Check it, and https_proxy that names it.',
    })
  })

  test('is told with where the connection was to lead', () => {
    expect(unreachableProxy(open, new Error('ECONNREFUSED'), ' to ngrok').detail).toBe(
      'the proxy http://proxy.example:3128 gives no connection to ngrok (ECONNREFUSED)',
    )
  })

  test('is none where the connection was made and broke', () => {
    const broken = hindranceOf(thrown({ code: 'ECONNRESET', syscall: 'read' }), way(open))
    expect(broken).toEqual({
      detail: 'ECONNRESET',
      remedy: null,
      besides: 'The way leads through the proxy http://proxy.example:3128, which https_proxy names: check it too.',
    })
  })

  test('may be the reason where nothing tells how far it came', () => {
    expect(hindranceOf(thrown({ code: 'UND_ERR_CONNECT_TIMEOUT' }), way(open))).toMatchObject({
      detail: 'UND_ERR_CONNECT_TIMEOUT',
      besides: expect.stringContaining('http://proxy.example:3128'),
    })
  })
})

describe('a certificate', () => {
  const words = 'unable to verify; try running Node.js with --use-system-ca'
  const CLOCK = 'Set the clock of this computer; if it is right, the certificate has to be renewed.'

  test.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'is of an issuer that this system does not trust', IF_UNTRUSTED],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'is of an issuer that this system does not trust', IF_UNTRUSTED],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is of an issuer that this system does not trust', IF_UNTRUSTED],
    ['CERT_HAS_EXPIRED', 'has expired, or the clock of this computer is wrong', CLOCK],
    ['CERT_NOT_YET_VALID', 'is not valid yet, or the clock of this computer is wrong', CLOCK],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name', IF_UNTRUSTED],
  ])('that is not taken is told in our words, with what to do: %s', (code, what, remedy) => {
    const detail = `its certificate ${what}`
    for (const proxy of [null, open]) {
      expect(hindranceOf(thrown({ code }, words), way(proxy))).toEqual({ detail, remedy })
    }
  })

  test('may be that of a proxy which is spoken to by TLS: it is named too', () => {
    const secured = proxyAt('https://proxy.example:3129')
    expect(hindranceOf(thrown({ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, words), way(secured))).toEqual({
      detail: 'a certificate on the way is of an issuer that this system does not trust',
      remedy: `It is that of the proxy https://proxy.example:3129, which https_proxy names, or of what lies behind. ${IF_UNTRUSTED}`,
    })
  })
})

describe('whatever else', () => {
  test('OpenSSL says is told in one line, the same each time, without a place in memory', async () => {
    const errorOf = async (): Promise<unknown> => {
      const { address } = await startTunnelServer((connection) => connection.end('HTTP/1.1 200 OK\r\n\r\nhello'))
      const socket = connect(Number(address.replace(/^.*:/, '')), '127.0.0.1')
      onTestFinished(() => {
        socket.destroy()
      })
      return new TypeError('fetch failed', { cause: (await once(socket, 'error'))[0] })
    }
    const told = [hindranceOf(await errorOf(), way(null)), hindranceOf(await errorOf(), way(null))]
    expect(told[0]!.detail).toMatch(/^the connection cannot be secured \([a-z ]+\)$/)
    expect(told[1]).toEqual(told[0])
  })

  test.each<[unknown, string]>([
    [new TypeError('fetch failed'), 'fetch failed'],
    [new TypeError('fetch failed', { cause: new Error('other side\nclosed') }), 'other side closed'],
    [
      new TypeError('fetch failed', {
        cause: new AggregateError([new Error('refused ::1'), new Error('refused 127.0.0.1')]),
      }),
      'refused ::1, refused 127.0.0.1',
    ],
    [Object.assign(new Error(''), { code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
    ['out of order', 'out of order'],
    [new Error('it is no header value.'), 'it is no header value'],
  ])('is told by its innermost reason: %s', (error, detail) => {
    expect(hindranceOf(error, way(null))).toEqual({ detail, remedy: null })
  })
})
