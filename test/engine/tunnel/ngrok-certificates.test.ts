import { describe, expect, test } from 'vitest'
import { PUBLIC, provided, TLS_FAILURE } from '../../support/provided-ngrok.ts'

describe('an opening that is cut while it is being secured, with a constructed library,', () => {
  test('tries ngrok’s certificates first, and the system’s where what is encrypted is cut', async () => {
    const { begin, library } = provided()
    const cut = await begin()
    const other = library.next()
    cut.forwarding.refuse(TLS_FAILURE)
    ;(await other).open(PUBLIC)
    expect(await cut.opening).toMatchObject({ ok: true })
    expect(library.forwardings.map(({ wishes }) => wishes.rootCas)).toStrictEqual(['trusted', 'host'])
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
    expect(library.forwardings.map(({ wishes }) => wishes.rootCas)).toStrictEqual([
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
    expect((await begin()).forwarding.wishes.rootCas).toBe('trusted')
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
})
