import { expect } from 'vitest'
import { systemClock } from '../../../electron/engine/foundation/clock.ts'
import { PROBE_HEADER } from '../../../electron/engine/intake/probe-route.ts'
import { createNgrok } from '../../../electron/engine/tunnel/ngrok.ts'
import { createProbeRequests } from '../../../electron/engine/tunnel/probe-requests.ts'
import { createProbe } from '../../../electron/engine/tunnel/probe.ts'
import { startAnsweringServer } from '../../support/answering-server.ts'
import { testWithNgrok } from '../../support/ngrok-account.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

testWithNgrok(
  'the service of ngrok brings a probe back, lets nothing else through, and takes nothing more once it is closed',
  async (authtoken) => {
    const probe = createProbe(createProbeRequests(new AbortController().signal), 'ngrok')
    const local = await startAnsweringServer((response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(probe.answer(String(response.req.headers[PROBE_HEADER])) ?? {}))
    })
    const provider = createNgrok({
      authtoken,
      domain: null,
      localAddress: new URL(local.url).host,
      path: '/webhooks/notion',
      clock: systemClock,
      log: createRecordedLog(),
    })
    const opening = await provider.open({
      signal: new AbortController().signal,
      onLost: () => undefined,
    })
    if (!opening.ok) throw new Error(opening.failure.message)
    const { address, close } = opening.tunnel
    expect(address).toMatch(/^https:\/\/[^/]+\/webhooks\/notion$/)
    expect(await probe.send(address)).toBeNull()
    const headers = { 'ngrok-skip-browser-warning': 'true' }
    expect((await fetch(address, { headers })).status).toBe(404)
    expect((await fetch(new URL('/', address), { method: 'POST', headers })).status).toBe(404)
    expect(local.asked).toStrictEqual(['/webhooks/notion'])
    await close()
    expect(await probe.send(address)).toMatchObject({ code: 'ERR_NGROK_3200' })
  },
)
