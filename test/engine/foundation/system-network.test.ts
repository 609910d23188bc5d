import { rootCertificates } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { StartError } from '../../../electron/engine/foundation/errors.ts'
import {
  proxyInUse,
  proxyOf,
  trustingSystem,
  useSystemProxy,
  withAuthorities,
} from '../../../electron/engine/foundation/system-network.ts'
import { answering, startAnsweringServer } from '../../support/answering-server.ts'
import { portOf, startConnectProxy } from '../../support/connect-proxy.ts'
import { redactorOf } from '../../support/redactor-of.ts'
import { UNKNOWN_NAME } from '../../support/unknown-name.ts'

type Variables = Readonly<Record<string, string>>

const NOTION = 'https://api.notion.com'

const proxyFor = (address: string, environment: Variables): string | null =>
  proxyOf(address, environment)?.shown ?? null

const P = 'http://proxy.example:3128'

describe('the proxy for an address', () => {
  test.each<[string, Variables, string | null]>([
    ['no variable names one', {}, null],
    ['HTTPS_PROXY names it', { HTTPS_PROXY: P }, P],
    ['lower case does', { https_proxy: P }, P],
    ['both do: lower case wins', { https_proxy: P, HTTPS_PROXY: 'http://other.example:1' }, P],
    ['lower case is empty', { https_proxy: ' ', HTTPS_PROXY: P }, P],
    ['ALL_PROXY does', { ALL_PROXY: P }, P],
    ['HTTPS_PROXY wins over ALL_PROXY', { https_proxy: P, all_proxy: 'socks5://other.example:1' }, P],
    ['only HTTP_PROXY does', { HTTP_PROXY: P }, P],
    ['it has no scheme', { HTTPS_PROXY: 'proxy.example:3128' }, P],
    ['it has spaces and a path', { HTTPS_PROXY: ` ${P}/path ` }, P],
    ['it is spoken to by TLS', { HTTPS_PROXY: 'https://proxy.example' }, 'https://proxy.example'],
    ['it has a password', { HTTPS_PROXY: 'http://me:sesame@proxy.example:3128' }, P],
    ['NO_PROXY names the host', { HTTPS_PROXY: P, NO_PROXY: 'other, API.notion.com' }, null],
    ['NO_PROXY names the host above it', { HTTPS_PROXY: P, no_proxy: 'notion.com' }, null],
    ['NO_PROXY names all below', { HTTPS_PROXY: P, no_proxy: '*.notion.com other' }, null],
    ['NO_PROXY names its port', { HTTPS_PROXY: P, no_proxy: '.notion.com:443' }, null],
    ['NO_PROXY names another port', { HTTPS_PROXY: P, no_proxy: 'api.notion.com:8443' }, P],
    ['NO_PROXY names what only ends alike', { HTTPS_PROXY: P, no_proxy: 'otion.com' }, P],
    ['NO_PROXY names everything', { HTTPS_PROXY: P, NO_PROXY: 'other,*' }, null],
    ['NO_PROXY names everything, and the proxy is none', { HTTPS_PROXY: 'socks5://x', NO_PROXY: '*' }, null],
  ])('%s', (_, environment, expected) => {
    expect(proxyFor(NOTION, environment)).toBe(expected)
  })

  test('of http:// is that of HTTP_PROXY, or of ALL_PROXY where neither of the two others is set', () => {
    expect(proxyFor('http://notion.example', { HTTP_PROXY: P, HTTPS_PROXY: 'http://other.example:1' })).toBe(P)
    expect(proxyFor('http://notion.example', { ALL_PROXY: P })).toBe(P)
    expect(proxyFor('http://notion.example', { HTTPS_PROXY: P })).toBeNull()
    expect(proxyFor('http://notion.example', { HTTPS_PROXY: P, ALL_PROXY: 'socks5://other.example:1' })).toBeNull()
  })

  test.each(['http://127.0.0.1:8000', 'http://localhost:8001/health', 'http://[::1]:9', 'https://a.localhost'])(
    'is none on loopback: %s',
    (url) => {
      expect(proxyFor(url, { ALL_PROXY: P, HTTP_PROXY: P, HTTPS_PROXY: P, NO_PROXY: 'other.example' })).toBeNull()
    },
  )
})

test.each<[string, Variables]>([
  ['HTTPS_PROXY', { HTTPS_PROXY: P, HTTP_PROXY: 'http://other.example:1' }],
  ['https_proxy', { HTTPS_PROXY: 'http://other.example:1', https_proxy: P }],
  ['HTTP_PROXY', { HTTP_PROXY: P }],
  ['all_proxy', { all_proxy: P }],
])('the variable that counts is known by its name: %s', (name, environment) => {
  expect(proxyOf(NOTION, environment)).toMatchObject({ variable: name, shown: P })
})

const useProxy = (environment: Variables, redactor = redactorOf()): void => {
  onTestFinished(useSystemProxy(environment, redactor))
}

describe('a variable that is no address of a proxy', () => {
  test.each<[Variables, string]>([
    [{ HTTPS_PROXY: 'http://me:se same@:3128' }, 'HTTPS_PROXY'],
    [{ http_proxy: 'http://me:sesame@proxy.example:99999' }, 'http_proxy'],
    [{ HTTPS_PROXY: 'http://me:sesame%@proxy.example' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://me:se#same@proxy.example:3128' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://me:se/same@proxy.example:3128' }, 'HTTPS_PROXY'],
    // What comes before the sign would be taken for the port, and shown.
    [{ HTTPS_PROXY: 'http://me:12/same@proxy.example:3128' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://sesame?same@proxy.example' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'me:#same@proxy.example' }, 'HTTPS_PROXY'],
  ])('is told in one sentence that quotes nothing of it, with how to write a password: %j', (environment, name) => {
    const sentence = `The environment variable ${name} is not the address of a proxy. Write it as http://host:port, or as user:password@host:port, special characters percent-encoded (%40 for @); or remove it.`
    expect(() => useSystemProxy(environment, redactorOf())).toThrow(new StartError('proxy-unusable', sentence))
  })

  test('but of one that is not used is told as that', () => {
    const sentence =
      'The environment variable ALL_PROXY names a proxy of socks5://, and only those of http:// and https:// are used. Write it as http://host:port, or remove it.'
    const environment = { ALL_PROXY: 'socks5://me:sesame@proxy.example' }
    expect(() => useSystemProxy(environment, redactorOf())).toThrow(new StartError('proxy-unusable', sentence))
  })
})

test('what the environment says of a proxy is a secret from then on', () => {
  const redactor = redactorOf()
  useProxy({ HTTPS_PROXY: 'http://me:open%20sesame@127.0.0.1:9', HTTP_PROXY: 'http://a-token@127.0.0.1:9' }, redactor)
  for (const secret of ['open sesame', 'open%20sesame', btoa('me:open sesame'), 'a-token', btoa('a-token:')]) {
    expect(redactor.redact(`<${secret}>`)).toBe('<[hidden]>')
  }
  expect(redactor.redact('me and you')).toBe('me and you')
})

test('the proxy in use is the one that requests go through, and none before and after', () => {
  expect(proxyInUse(NOTION)).toBeNull()
  const end = useSystemProxy({ https_proxy: P, NO_PROXY: 'other.example' }, redactorOf())
  expect(proxyInUse(NOTION)).toMatchObject({ variable: 'https_proxy', shown: P })
  expect(proxyInUse('https://other.example/')).toBeNull()
  expect(proxyInUse('https://127.0.0.1/')).toBeNull()
  end()
  expect(proxyInUse(NOTION)).toBeNull()
})

test('a request to a host that only the proxy knows goes through it, with its password; one to loopback does not', async () => {
  const server = await startAnsweringServer(answering(200, 'reached'))
  const port = portOf(server.url)
  const proxy = await startConnectProxy({ 'notion.invalid:80': port }, 'open sesame')
  useProxy({ HTTP_PROXY: `me:open%20sesame@127.0.0.1:${proxy.port}/`, NO_PROXY: 'other.example' })
  expect(await (await fetch('http://notion.invalid/v1')).text()).toBe('reached')
  for (const host of ['127.0.0.1', 'localhost']) {
    expect(await (await fetch(`http://${host}:${port}/straight`)).text()).toBe('reached')
  }
  // Nobody may listen there; the proxy is not asked all the same.
  await fetch(`http://[::1]:${port}`).catch(() => undefined)
  expect(proxy.asked).toEqual(['notion.invalid:80'])
  expect(server.asked).toEqual(['/v1', '/straight', '/straight'])
})

test.each<[Variables, string]>([
  [{ NO_PROXY: `notion.${UNKNOWN_NAME}` }, `http://api.notion.${UNKNOWN_NAME}:8080`],
  [{ NO_PROXY: `.notion.${UNKNOWN_NAME}` }, `http://notion.${UNKNOWN_NAME}:8080`],
  [{ NO_PROXY: `*.notion.${UNKNOWN_NAME}:8080` }, `http://api.notion.${UNKNOWN_NAME}:8080`],
  [{ NO_PROXY: `notion.${UNKNOWN_NAME}:80` }, `http://notion.${UNKNOWN_NAME}:8080`],
  [{ NO_PROXY: `tion.${UNKNOWN_NAME}` }, `http://notion.${UNKNOWN_NAME}:8080`],
  [{ NO_PROXY: `A.invalid\tNotion.${UNKNOWN_NAME}` }, `http://notion.${UNKNOWN_NAME}:8080`],
  [{ NO_PROXY: 'a.invalid,*' }, `http://notion.${UNKNOWN_NAME}:8080`],
  [{}, `https://notion.${UNKNOWN_NAME}`],
])('what is told of the way is the way that a request takes: %j %s', async (variables, address) => {
  const proxy = await startConnectProxy({})
  const environment = { HTTP_PROXY: proxy.url, ...variables }
  useProxy(environment)
  await fetch(address).catch(() => undefined)
  expect(proxy.asked.length > 0 ? proxy.url : null).toBe(proxyFor(address, environment))
})

const failure = (code: string): Error => Object.assign(new Error(code), { code })

test('a request that fails for another reason than its certificate is sent once', async () => {
  let sent = 0
  const send = (): Promise<never> => {
    sent += 1
    return Promise.reject(new TypeError('fetch failed', { cause: failure('ECONNRESET') }))
  }
  await expect(trustingSystem(send)).rejects.toThrow('fetch failed')
  expect(sent).toBe(1)
})

test('a certificate that nobody trusts is tried once more, and then no more for each request', async () => {
  let sent = 0
  const send = (): Promise<never> => {
    sent += 1
    return Promise.reject(new TypeError('fetch failed', { cause: failure('SELF_SIGNED_CERT_IN_CHAIN') }))
  }
  await expect(trustingSystem(send)).rejects.toThrow('fetch failed')
  expect(sent).toBe(2)
  await expect(trustingSystem(send)).rejects.toThrow('fetch failed')
  expect(sent).toBe(3)
})

describe('a request that says which authorities it takes', () => {
  const sentWith = async (outcomes: readonly (Error | null)[]) => {
    const lists: (readonly string[])[] = []
    const sent = await withAuthorities((authorities) => {
      const outcome = outcomes[lists.length] ?? null
      lists.push(authorities)
      return outcome === null ? Promise.resolve('answered') : Promise.reject(outcome)
    }).catch((error: unknown) => error)
    return { lists, sent }
  }

  test('takes those that everybody knows, and no others where they do', async () => {
    const { lists, sent } = await sentWith([])
    expect(sent).toEqual({ answer: 'answered', isKnownHereOnly: false })
    expect(lists).toEqual([rootCertificates])
  })

  test('takes the system’s too where those do not, and tells so', async () => {
    const { lists, sent } = await sentWith([failure('SELF_SIGNED_CERT_IN_CHAIN')])
    expect(sent).toEqual({ answer: 'answered', isKnownHereOnly: true })
    expect(lists).toHaveLength(2)
    const plain = (text: string): string => text.replaceAll(/\s/g, '')
    const known = new Set(lists[1]?.map(plain))
    expect(rootCertificates.filter((text) => !known.has(plain(text)))).toEqual([])
  })

  test('fails as the last one did', async () => {
    const [first, last] = [failure('DEPTH_ZERO_SELF_SIGNED_CERT'), failure('SELF_SIGNED_CERT_IN_CHAIN')]
    expect((await sentWith([first, last])).sent).toBe(last)
    const other = await sentWith([failure('ECONNRESET')])
    expect(other.lists).toHaveLength(1)
    expect(other.sent).toMatchObject({ code: 'ECONNRESET' })
  })
})
