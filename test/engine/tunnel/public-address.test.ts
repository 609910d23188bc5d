import { describe, expect, test } from 'vitest'
import { lookUpAddresses } from '../../../electron/engine/foundation/system-network.ts'
import { createPublicAddress, isLocalHost, type LookUp } from '../../../electron/engine/tunnel/public-address.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { UNKNOWN_NAME } from '../../support/unknown-name.ts'

const PATH = '/webhooks/notion'

const nowhere: LookUp = () => Promise.reject(new Error('ENOTFOUND'))

const opened = (endpointUrl: string, lookUp = nowhere, isNotionLocal = false) =>
  createPublicAddress(endpointUrl, PATH, lookUp, isNotionLocal).open({
    signal: new AbortController().signal,
    onLost: () => {
      throw new Error('There is nothing that could be lost')
    },
  })

describe('an address out of an example', () => {
  test.each([
    'https://your-domain.com/webhooks/notion',
    'https://your-domain.com',
    'https://YOUR-DOMAIN.com/webhooks/notion',
    'https://your-domain.com./webhooks/notion',
    'https://your-domain.com:8443/webhooks/notion',
    'https://hooks.your-domain.com/webhooks/notion',
    'https://your-server.net/',
    'https://example.com/webhooks/notion',
    'https://www.example.org/',
    'https://notion.example/',
  ])('is never opened, and says what to write: %s', async (endpointUrl) => {
    expect(await opened(endpointUrl)).toMatchObject({
      ok: false,
      failure: { code: 'example-address', message: expect.stringContaining('webhook.endpoint_url') },
    })
  })

  test.each([
    'https://my-domain.com/',
    'https://example.com.my-company.io/',
    'https://counterexample.com/',
    'https://contest.io/',
  ])('is not what only looks like one: %s', async (endpointUrl) => {
    expect(await opened(endpointUrl)).toMatchObject({ ok: true })
  })
})

describe('a public address', () => {
  test.each([
    ['https://notion.my-company.io', 'https://notion.my-company.io/webhooks/notion'],
    ['https://notion.my-company.io/', 'https://notion.my-company.io/webhooks/notion'],
    ['https://notion.my-company.io:8443', 'https://notion.my-company.io:8443/webhooks/notion'],
    ['https://notion.my-company.io/webhooks/notion', 'https://notion.my-company.io/webhooks/notion'],
    ['https://notion.my-company.io/hooks/', 'https://notion.my-company.io/hooks/'],
    ['https://notion.my-company.io/?key=1', 'https://notion.my-company.io/webhooks/notion?key=1'],
    ['https://notion.my-company.io/hooks#part', 'https://notion.my-company.io/hooks'],
  ])('%s is open at %s', async (endpointUrl, address) => {
    const opening = await opened(endpointUrl)
    expect(opening).toMatchObject({ ok: true, tunnel: { address } })
    if (opening.ok) await opening.tunnel.close()
  })
})

describe('a name', () => {
  const URL_OF_IT = 'https://notion.my-company.io/'
  const warningOf = async (endpointUrl: string, found: readonly string[]): Promise<string | null> => {
    const asked: string[] = []
    const opening = await opened(endpointUrl, (hostname) => {
      asked.push(hostname)
      return found.length === 0 ? nowhere(hostname) : Promise.resolve(found)
    })
    await endOfTurn()
    if (!opening.ok || opening.tunnel.warning === undefined) throw new Error('It has no warning')
    expect(asked).toEqual([new URL(endpointUrl).hostname])
    return opening.tunnel.warning()
  }

  test.each([[['192.168.1.20']], [['100.101.102.103']], [['10.0.0.7', 'fd7a:115c::1']], [['::1', '127.0.0.1']]])(
    'that leads to a private network from here is told, with where it leads: %j',
    async (found) => {
      const warning = await warningOf(URL_OF_IT, found)
      expect(warning).toContain(`notion.my-company.io leads to ${found[0]} on this computer`)
    },
  )

  test.each([[['93.184.216.34']], [['10.0.0.7', '93.184.216.34']], [['2606:2800::1']], [[]]])(
    'that leads into the open too, or that nobody knows, is not: %j',
    async (found) => {
      expect(await warningOf(URL_OF_IT, found)).toBeNull()
    },
  )

  test('out of an example is not even looked up', async () => {
    const asked: string[] = []
    await opened('https://your-domain.com/webhooks/notion', (hostname) => {
      asked.push(hostname)
      return Promise.resolve([])
    })
    expect(asked).toEqual([])
  })

  test('that Notion does not take at all is told as that', async () => {
    expect(await warningOf('http://notion.my-company.io/', ['10.0.0.7'])).toBe(
      'Notion takes only addresses that start with https://, and http://notion.my-company.io/webhooks/notion does not. Subscribe its https form, if it has one, and write it as webhook.endpoint_url.',
    )
  })

  test('is looked up by the system as it knows it', async () => {
    expect(await lookUpAddresses('127.0.0.1')).toEqual(['127.0.0.1'])
    // Its own list of hosts has this one; a name server is not asked.
    expect(await lookUpAddresses('localhost')).toContain('127.0.0.1')
    await expect(lookUpAddresses(UNKNOWN_NAME)).rejects.toThrow()
  })
})

describe('an address of a private network', () => {
  test.each([
    'https://localhost/webhooks/notion',
    'https://app.localhost/',
    'https://127.0.0.1/',
    'https://127.1.2.3/',
    'https://10.0.0.5/',
    'https://192.168.1.2/',
    'https://172.16.0.1/',
    'https://172.31.255.1/',
    'https://169.254.1.1/',
    'https://100.64.0.1/',
    'https://100.127.255.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fd00::1]/',
    'https://[fc00::1]/',
    'https://[fe80::1]/',
    'https://[febf::1]/',
    'https://[::ffff:192.168.1.2]/',
    'https://0x7f000001/',
    'https://nas/',
    'https://nas.local/',
    'https://nas.local./',
  ])('is never open: what comes back from there shows nothing of Notion: %s', async (address) => {
    expect(isLocalHost(new URL(address).hostname)).toBe(true)
    const opening = await opened(address)
    expect(opening).toMatchObject({
      ok: false,
      failure: { code: 'not-public', message: expect.stringContaining('webhook.endpoint_url') },
    })
  })

  test('is open, without a warning, where what stands in Notion’s place is in a private network too', async () => {
    const opening = await opened('http://127.0.0.1:9', nowhere, true)
    expect(opening).toMatchObject({ ok: true, tunnel: { address: `http://127.0.0.1:9${PATH}` } })
    expect(opening.ok && opening.tunnel.warning?.()).toBeNull()
  })

  test.each([
    'https://notion.my-company.io/webhooks/notion',
    'https://name.ngrok-free.app/webhooks/notion',
    'https://host.tailnet.ts.net/',
    'https://10.my-company.io/',
    'https://127.my-company.io/',
    'https://192.168.my-company.io/',
    'https://172.17.my-company.io/',
    'https://172.32.0.1/',
    'https://100.128.0.1/',
    'https://93.184.216.34/',
    'https://[2606:2800::1]/',
    'https://[fd::1]/',
    'https://mylocal.io/',
    'https://localhost.my-company.io/',
  ])('is not what only looks like one: %s', async (address) => {
    expect(isLocalHost(new URL(address).hostname)).toBe(false)
    const opening = await opened(address)
    expect(opening.ok && opening.tunnel.warning?.()).toBeNull()
  })
})
