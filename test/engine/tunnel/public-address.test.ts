import { describe, expect, test } from 'vitest'
import { addressWarning, createPublicAddress } from '../../../electron/engine/tunnel/public-address.ts'

const PATH = '/webhooks/notion'

const opened = (endpointUrl: string) =>
  createPublicAddress(endpointUrl, PATH).open({
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
    'https://contest/',
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

describe('what Notion does not take', () => {
  test.each([
    'http://notion.my-company.io/webhooks/notion',
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
  ])('is said of %s', (address) => {
    expect(addressWarning(address)).toContain(address)
    expect(addressWarning(address)).toContain('https://')
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
  ])('is not said of %s', (address) => {
    expect(addressWarning(address)).toBeNull()
  })
})
