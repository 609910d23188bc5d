import { describe, expect, test } from 'vitest'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createNgrokLibrary } from '../../support/ngrok-library.ts'
import { PUBLIC, provided } from '../../support/provided-ngrok.ts'

describe('opening, with a constructed library', () => {
  test.each([PUBLIC, `${PUBLIC}/`, `${PUBLIC}//`])(
    'gives the whole address of the webhook for what ngrok gives: %s',
    async (url) => {
      const { begin } = provided()
      const { opening, forwarding } = await begin()
      forwarding.open(url)
      expect(await opening).toMatchObject({ ok: true, tunnel: { address: `${PUBLIC}/webhooks/notion` } })
    },
  )

  test('hands over the token, the listener, and a policy that lets nothing but POST of the webhook’s path through', async () => {
    const { opening, forwarding } = await provided().begin()
    forwarding.open(PUBLIC)
    await opening
    const { wishes } = forwarding
    expect(wishes).toMatchObject({ forward: 'http://127.0.0.1:8000', authtoken: 'token', forwardsTo: 'Blackcore Sync' })
    expect(JSON.parse(wishes.trafficPolicy ?? '')).toStrictEqual({
      on_http_request: [
        {
          expressions: ["req.method != 'POST' || req.url.path != '/webhooks/notion'"],
          actions: [{ type: 'deny', config: { status_code: 404 } }],
        },
      ],
    })
    expect(wishes).not.toHaveProperty('domain')
    expect(wishes).not.toHaveProperty('serverAddr')
  })

  test('names the reserved domain and another server where they are given', async () => {
    const { begin } = provided({ domain: 'name.ngrok.app', serverAddress: '127.0.0.1:1' })
    const { opening, forwarding } = await begin()
    forwarding.open(PUBLIC)
    await opening
    expect(forwarding.wishes).toMatchObject({ domain: 'name.ngrok.app', serverAddr: '127.0.0.1:1' })
  })

  test('takes a session of its own each time', async () => {
    const { begin, library } = provided()
    for (let time = 0; time < 3; time += 1) {
      const { opening, forwarding } = await begin()
      forwarding.open(PUBLIC)
      const answer = await opening
      if (answer.ok) await answer.tunnel.close()
      expect([forwarding.endpointsClosed(), forwarding.sessionsClosed()]).toStrictEqual([1, 1])
    }
    expect(library.forwardings).toHaveLength(3)
  })

  test('closes a session whose endpoint was refused', async () => {
    const { opening, forwarding } = await provided().begin()
    forwarding.refuseEndpoint(new Error('refused\r\n\r\nERR_NGROK_334'))
    expect(await opening).toMatchObject({ ok: false, failure: { code: 'ERR_NGROK_334' } })
    expect(forwarding.sessionsClosed()).toBe(1)
  })

  test('without a token says so, and does not even load the library', async () => {
    const { provider, library } = provided({ authtoken: null })
    const answer = await provider.open({ signal: new AbortController().signal, onLost: () => undefined })
    expect(answer).toMatchObject({ ok: false, failure: { code: 'ERR_NGROK_4018' } })
    expect(library.loads()).toBe(0)
  })

  test('is a failure when the library cannot be loaded', async () => {
    const { provider } = provided({ load: () => Promise.reject(new Error('Failed to load native binding')) })
    const answer = await provider.open({ signal: new AbortController().signal, onLost: () => undefined })
    expect(answer).toMatchObject({ ok: false, failure: { message: expect.stringContaining('native binding') } })
  })

  test('is a failure when ngrok gives no address, and what was opened is closed', async () => {
    const { opening, forwarding } = await provided().begin()
    forwarding.open(null)
    expect(await opening).toMatchObject({ ok: false, failure: { message: expect.stringContaining('no address') } })
    expect(forwarding.endpointsClosed()).toBe(1)
  })

  test('never tells the token', async () => {
    const { opening, forwarding } = await provided({ authtoken: 'unusual' }).begin()
    forwarding.refuse(new Error('Your authtoken: unusual\r\n\r\nERR_NGROK_9999'))
    expect(JSON.stringify(await opening)).not.toContain('unusual')
  })
})

describe('an opening that gets no answer, with a constructed library', () => {
  test('and is no more wanted: a session that opens late is closed without an endpoint', async () => {
    const { opening, forwarding, wanted, lost } = await provided().begin()
    wanted.abort()
    forwarding.connect()
    expect(await opening).toMatchObject({ ok: false })
    expect([forwarding.endpointsClosed(), forwarding.sessionsClosed()]).toStrictEqual([0, 1])
    forwarding.lose()
    expect(lost).toStrictEqual([])
  })

  test('and is no more wanted: an endpoint that opens late is closed with its session', async () => {
    const { opening, forwarding, wanted, lost } = await provided().begin()
    forwarding.connect()
    await endOfTurn()
    wanted.abort()
    forwarding.open(PUBLIC)
    expect(await opening).toMatchObject({ ok: false })
    expect([forwarding.endpointsClosed(), forwarding.sessionsClosed()]).toStrictEqual([1, 1])
    expect(lost).toStrictEqual([])
  })
})

describe('an open tunnel, with a constructed library', () => {
  test('whose connection ends is lost, once only, and the library does not bring it back', async () => {
    const { forwarding, lost } = await provided().opened()
    expect(forwarding.lose()).toBe(false)
    expect(forwarding.lose()).toBe(false)
    expect(lost).toMatchObject([{ code: 'lost', message: expect.stringContaining('opened anew') }])
  })

  test('whose ngrok answers no heartbeat is lost, and one that answers late is not', async () => {
    const { forwarding, lost } = await provided().opened()
    forwarding.heartbeat(14_000)
    expect(lost).toStrictEqual([])
    forwarding.heartbeat(null)
    forwarding.lose()
    expect(lost).toMatchObject([{ code: 'silent', message: expect.stringContaining('opened anew') }])
  })

  test('is none where the connection ended before it was open', async () => {
    const { opening, forwarding, lost } = await provided().begin()
    forwarding.connect()
    await endOfTurn()
    forwarding.lose()
    forwarding.open(PUBLIC)
    expect(await opening).toMatchObject({ ok: false })
    expect(lost).toStrictEqual([])
  })

  test('that we close ourselves is not lost', async () => {
    const { tunnel, forwarding, lost } = await provided().opened()
    await tunnel.close()
    forwarding.lose()
    expect(forwarding.endpointsClosed()).toBe(1)
    expect(lost).toStrictEqual([])
  })

  test('whose closing is not answered is left behind after two seconds', async () => {
    const silence = Promise.withResolvers<undefined>()
    const { opened, clock } = provided(
      {},
      createNgrokLibrary(async () => {
        await silence.promise
      }),
    )
    const { tunnel } = await opened()
    let isClosed = false
    const closing = tunnel.close().then(() => {
      isClosed = true
    })
    clock.advance(1_999)
    await endOfTurn()
    expect(isClosed).toBe(false)
    clock.advance(1)
    await closing
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test('whose closing fails is closed all the same, and the reason is logged', async () => {
    const { opened, log, clock } = provided(
      {},
      createNgrokLibrary(() => Promise.reject(new Error('session closed'))),
    )
    await (await opened()).tunnel.close()
    expect(log.lines).toMatchObject([{ level: 'info', fields: { error: 'session closed' } }])
    expect(clock.dueTimes()).toStrictEqual([])
  })
})
