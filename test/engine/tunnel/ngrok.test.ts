import { describe, expect, test } from 'vitest'
import { createNgrok, type NgrokOptions } from '../../../electron/engine/tunnel/ngrok.ts'
import type { TunnelFailure } from '../../../electron/engine/tunnel/provider.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createNgrokLibrary } from '../../support/ngrok-library.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

const PUBLIC = 'https://name.ngrok-free.app'
const TLS_FAILURE = new Error('failed to connect session: tls handshake error')

/** The provider over a constructed library, which each test ends by hand. */
const provided = (options: Partial<NgrokOptions> = {}, library = createNgrokLibrary()) => {
  const clock = createManualClock()
  const log = createRecordedLog()
  const provider = createNgrok({
    authtoken: 'token',
    domain: null,
    localAddress: '127.0.0.1:8000',
    path: '/webhooks/notion',
    clock,
    log,
    load: library.load,
    ...options,
  })
  /** Asks for a tunnel; resolves when the library was asked. */
  const begin = async (isAnew = false) => {
    const lost: TunnelFailure[] = []
    const wanted = new AbortController()
    const asked = library.next()
    const opening = provider.open({ isAnew, signal: wanted.signal, onLost: (failure) => lost.push(failure) })
    return { opening, forwarding: await asked, lost, wanted }
  }
  const opened = async () => {
    const { opening, forwarding, lost } = await begin()
    forwarding.open(PUBLIC)
    const answer = await opening
    if (!answer.ok) throw new Error(answer.failure.message)
    return { tunnel: answer.tunnel, forwarding, lost }
  }
  return { provider, clock, log, library, begin, opened }
}

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
    const { config } = (await provided().begin()).forwarding
    expect(config).toMatchObject({ addr: '127.0.0.1:8000', authtoken: 'token', forwards_to: 'Blackcore Sync' })
    expect(JSON.parse(config.traffic_policy ?? '')).toStrictEqual({
      on_http_request: [
        {
          expressions: ["req.method != 'POST' || req.url.path != '/webhooks/notion'"],
          actions: [{ type: 'deny', config: { status_code: 404 } }],
        },
      ],
    })
    expect(config).not.toHaveProperty('domain')
    expect(config).not.toHaveProperty('server_addr')
  })

  test('names the reserved domain and another server where they are given', async () => {
    const { begin } = provided({ domain: 'name.ngrok.app', serverAddress: '127.0.0.1:1' })
    expect((await begin()).forwarding.config).toMatchObject({ domain: 'name.ngrok.app', server_addr: '127.0.0.1:1' })
  })

  test('forces a new session when an earlier tunnel is not to be trusted, and only then', async () => {
    for (const isAnew of [false, true]) {
      expect((await provided().begin(isAnew)).forwarding.config.force_new_session).toBe(isAnew)
    }
  })

  test('tries ngrok’s certificates and the system’s where what is encrypted is cut, and keeps to those that served', async () => {
    const { begin, library } = provided()
    const cut = await begin()
    const other = library.next()
    cut.forwarding.refuse(TLS_FAILURE)
    ;(await other).open(PUBLIC)
    expect(await cut.opening).toMatchObject({ ok: true })
    const later = await begin()
    later.forwarding.refuse(new Error('failed to establish tcp connection'))
    expect(await later.opening).toMatchObject({ ok: false, failure: { code: 'unreachable' } })
    expect(library.forwardings.map(({ config }) => config.root_cas)).toStrictEqual(['trusted', 'host', 'host'])
  })

  test('begins with the same certificates as before when all were cut: the fault was another one', async () => {
    const { begin, library } = provided()
    for (let round = 0; round < 2; round += 1) {
      const { opening, forwarding } = await begin()
      const other = library.next()
      forwarding.refuse(TLS_FAILURE)
      ;(await other).refuse(TLS_FAILURE)
      expect(await opening).toMatchObject({ ok: false, failure: { code: 'tls' } })
    }
    expect(library.forwardings.map(({ config }) => config.root_cas)).toStrictEqual([
      'trusted',
      'host',
      'trusted',
      'host',
    ])
  })

  test('tells of the cut where the system has no certificates, as on a bare server, and begins with ngrok’s again', async () => {
    const { begin, library } = provided()
    const { opening, forwarding } = await begin()
    const other = library.next()
    forwarding.refuse(TLS_FAILURE)
    ;(await other).refuse(new Error('entity not found'))
    expect(await opening).toMatchObject({ ok: false, failure: { code: 'tls' } })
    expect((await begin()).forwarding.config.root_cas).toBe('trusted')
  })

  test('tells what ngrok says when the other certificates served, and it refuses all the same', async () => {
    const { begin, library } = provided()
    const { opening, forwarding } = await begin()
    const other = library.next()
    forwarding.refuse(TLS_FAILURE)
    ;(await other).refuse(new Error('refused\r\n\r\nERR_NGROK_108'))
    expect(await opening).toMatchObject({ ok: false, failure: { code: 'ERR_NGROK_108' } })
  })

  test('tries no other certificates for one that is no more wanted', async () => {
    const { begin, library } = provided()
    const { opening, forwarding, wanted } = await begin()
    wanted.abort()
    forwarding.refuse(TLS_FAILURE)
    expect(await opening).toMatchObject({ ok: false })
    expect(library.forwardings).toHaveLength(1)
  })

  test('without a token says so, and does not even load the library', async () => {
    const { provider, library } = provided({ authtoken: null })
    const answer = await provider.open({ isAnew: false, signal: new AbortController().signal, onLost: () => undefined })
    expect(answer).toMatchObject({ ok: false, failure: { code: 'ERR_NGROK_4018' } })
    expect(library.loads()).toBe(0)
  })

  test('is a failure when the library cannot be loaded', async () => {
    const { provider } = provided({ load: () => Promise.reject(new Error('Failed to load native binding')) })
    const answer = await provider.open({ isAnew: false, signal: new AbortController().signal, onLost: () => undefined })
    expect(answer).toMatchObject({ ok: false, failure: { message: expect.stringContaining('native binding') } })
  })

  test('is a failure when ngrok gives no address, and what was opened is closed', async () => {
    const { opening, forwarding } = await provided().begin()
    forwarding.open(null)
    expect(await opening).toMatchObject({ ok: false, failure: { message: expect.stringContaining('no address') } })
    expect(forwarding.closed()).toBe(1)
  })

  test('never tells the token', async () => {
    const { opening, forwarding } = await provided({ authtoken: 'unusual' }).begin()
    forwarding.refuse(new Error('Your authtoken: unusual\r\n\r\nERR_NGROK_9999'))
    expect(JSON.stringify(await opening)).not.toContain('unusual')
  })
})

describe('an opening that gets no answer, with a constructed library', () => {
  test('and is no more wanted: the tunnel that opens late is closed, and nobody is told of it', async () => {
    const { opening, forwarding, wanted, lost } = await provided().begin()
    wanted.abort()
    forwarding.open(PUBLIC)
    expect(await opening).toMatchObject({ ok: false })
    expect(forwarding.closed()).toBe(1)
    forwarding.status('closed')
    expect(lost).toStrictEqual([])
  })

  test('keeps the next one waiting, and those that were given up meanwhile never reach ngrok', async () => {
    const { provider, library, begin } = provided()
    const first = await begin()
    first.wanted.abort()
    const givenUp = [1, 2, 3].map(() => {
      const wanted = new AbortController()
      const opening = provider.open({ isAnew: true, signal: wanted.signal, onLost: () => undefined })
      wanted.abort()
      return opening
    })
    const next = library.next()
    const last = provider.open({ isAnew: true, signal: new AbortController().signal, onLost: () => undefined })
    await endOfTurn()
    expect(library.forwardings).toHaveLength(1)
    first.forwarding.refuse(TLS_FAILURE)
    ;(await next).open(PUBLIC)
    expect(await last).toMatchObject({ ok: true })
    expect((await Promise.all(givenUp)).map(({ ok }) => ok)).toStrictEqual([false, false, false])
    expect(library.forwardings).toHaveLength(2)
  })
})

describe('an open tunnel, with a constructed library', () => {
  test('that the library reports as closed is lost, and lost once only', async () => {
    const { forwarding, lost } = await provided().opened()
    forwarding.status('connected')
    expect(lost).toStrictEqual([])
    forwarding.status('closed')
    forwarding.status('connected')
    forwarding.status('closed')
    expect(lost).toMatchObject([{ code: 'lost', message: expect.stringContaining('opened anew') }])
  })

  test('is not lost for what was reported before it was open', async () => {
    const { opening, forwarding, lost } = await provided().begin()
    forwarding.status('closed')
    forwarding.open(PUBLIC)
    expect(await opening).toMatchObject({ ok: true })
    expect(lost).toStrictEqual([])
  })

  test('that we close ourselves is not lost', async () => {
    const { tunnel, forwarding, lost } = await provided().opened()
    await tunnel.close()
    forwarding.status('closed')
    expect(forwarding.closed()).toBe(1)
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
