import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createProbe, type Probe } from '../../../electron/engine/tunnel/probe.ts'
import type { ProbeReply } from '../../../electron/engine/tunnel/probe-requests.ts'
import { freePort } from '../../support/answering-server.ts'
import { answeredBy, createSentProbe, startProbedServer } from '../../support/probed-listener.ts'
import { UNKNOWN_NAME } from '../../support/unknown-name.ts'

const PUBLIC = 'https://name.ngrok-free.app/webhooks/notion'

/** A probe whose request comes to this, whoever was asked; `onTheWay` is told the header. */
const probeWith = (reply: (header: string, probe: Probe) => ProbeReply): Probe => {
  const probe: Probe = createProbe({ post: (_address, header) => Promise.resolve(reply(header, probe)) }, 'ngrok')
  return probe
}

const answer = (status: number, body: string, ngrokCode: string | null = null): ProbeReply => ({
  kind: 'answer',
  status,
  ngrokCode,
  body,
})

describe('a probe over real HTTP', () => {
  const sentTo = async (respond: (response: ServerResponse, header: string) => void, probe = createSentProbe()) =>
    probe.send((await startProbedServer(respond)).address)

  test('that comes back to our own listener proves the loop, again and again', async () => {
    const probe = createSentProbe()
    const { address, arrived } = await startProbedServer(answeredBy(probe))
    expect(await Promise.all([1, 2, 3].map(() => probe.send(address)))).toStrictEqual([null, null, null])
    expect(await probe.send(address)).toBeNull()
    expect(new Set(arrived.map(({ header }) => header)).size).toBe(4)
  })

  test('does not come back through an address that leads to another process of ours', async () => {
    const failure = await sentTo(answeredBy(createSentProbe()))
    expect(failure).toMatchObject({ code: 'elsewhere', message: expect.stringMatching(/something else answers.*401/) })
  })

  test.each<[string, (response: ServerResponse, header: string) => void]>([
    ['nothing', (response) => response.end()],
    ['a page', (response) => response.end('<html>Welcome</html>')],
    ['what looks like ours', (response) => response.end('{"status":"probe","proof":"0"}')],
    ['a proof of the right length', (response) => response.end(`{"status":"probe","proof":"${'0'.repeat(64)}"}`)],
    ['the header', (response, header) => response.end(header)],
    ['the header as the proof', (response, header) => response.end(JSON.stringify({ status: 'probe', proof: header }))],
    [
      'the signature as the proof',
      (response, header) => response.end(JSON.stringify({ status: 'probe', proof: header.split('.')[1] })),
    ],
    ['null', (response) => response.end('null')],
    [
      'a proof in several bytes of a letter',
      (response) => response.end(`{"status":"probe","proof":"${'é'.repeat(32)}"}`),
    ],
  ])('is not taken in by a stranger who answers 200 with %s', async (_what, respond) => {
    expect(await sentTo(respond)).toMatchObject({ code: 'elsewhere', message: expect.stringContaining('(200)') })
  })

  test('is not taken in by the answer to an earlier probe', async () => {
    const probe = createSentProbe()
    let replayed = ''
    expect(
      await sentTo((response, header) => {
        replayed = JSON.stringify(probe.answer(header))
        response.end(replayed)
      }, probe),
    ).toBeNull()
    expect(replayed).toContain('proof')
    expect(await sentTo((response) => response.end(replayed), probe)).toMatchObject({ code: 'elsewhere' })
  })

  test('is not taken in by the right answer with another status', async () => {
    const probe = createSentProbe()
    const failure = await sentTo((response, header) => {
      response.writeHead(503).end(JSON.stringify(probe.answer(header)))
    }, probe)
    expect(failure).toMatchObject({ code: 'elsewhere' })
  })

  test.each([301, 302, 307, 308])('does not follow where it is sent on: %i', async (status) => {
    const probe = createSentProbe()
    const { address } = await startProbedServer(answeredBy(probe))
    const failure = await sentTo((response) => response.writeHead(status, { location: address }).end(), probe)
    expect(failure).toMatchObject({ code: 'elsewhere', message: expect.stringContaining('Notion does not follow') })
  })

  test('says to check the path where nothing is', async () => {
    const failure = await sentTo((response) => response.writeHead(404).end())
    expect(failure).toMatchObject({ code: 'elsewhere', message: expect.stringContaining('Check the path') })
  })

  test.each([
    ['ERR_NGROK_3200', 404, /offline/],
    ['ERR_NGROK_8012', 502, /nothing answers there/],
    ['ERR_NGROK_727', 429, /quota/],
    ['ERR_NGROK_9999', 502, /err_ngrok_9999/],
  ])('tells what ngrok says when it answers in our place: %s', async (code, status, told) => {
    const failure = await sentTo((response) => response.writeHead(status, { 'ngrok-error-code': code }).end('<html>'))
    expect(failure).toMatchObject({ code, message: expect.stringMatching(told) })
  })

  test('says that the address cannot be reached where nobody listens, and where nobody knows the name', async () => {
    const port = await freePort()
    for (const address of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://${UNKNOWN_NAME}/`]) {
      const failure = await createSentProbe().send(address)
      expect(failure).toMatchObject({
        code: 'no-way',
        message: expect.stringMatching(/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/),
      })
      expect(failure?.message).toContain(address)
    }
  })

  test('says that the address cannot be reached where the connection is cut', async () => {
    expect(await sentTo((response) => response.destroy())).toMatchObject({ code: 'no-way' })
  })
})

describe('an address', () => {
  const answerOf = (own: Probe, header: string, isKnownHereOnly?: true): ProbeReply => ({
    kind: 'answer',
    status: 200,
    ngrokCode: null,
    body: JSON.stringify(own.answer(header)),
    ...(isKnownHereOnly === true ? { isKnownHereOnly } : {}),
  })

  test('whose certificate only this system trusts comes back, and a person reads what Notion makes of it', async () => {
    let isKnownHereOnly: true | undefined = true
    const probe = probeWith((header, own) => answerOf(own, header, isKnownHereOnly))
    expect(probe.warning(PUBLIC)).toBeNull()
    expect(await probe.send(PUBLIC)).toBeNull()
    expect(probe.warning(PUBLIC)).toBe(
      'Only authorities of this system vouch for the certificate of name.ngrok-free.app, and Notion refuses those that not everybody knows. Check from outside that it is of a public authority (Let’s Encrypt, say); a proxy of this network that looks into what passes looks the same from here.',
    )
    expect(probe.warning('https://other.test/')).toBeNull()
    isKnownHereOnly = undefined
    expect(await probe.send(PUBLIC)).toBeNull()
    expect(probe.warning(PUBLIC)).toBeNull()
  })

  test('where something else answers is told as that, whoever vouches for it', async () => {
    const probe = probeWith(() => ({ ...answerOf(probe, ''), body: 'x', isKnownHereOnly: true }) as ProbeReply)
    expect(await probe.send(PUBLIC)).toMatchObject({ code: 'elsewhere' })
    expect(probe.warning(PUBLIC)).toBeNull()
  })

  test.each([
    [null, 'Check the network and the address.'],
    [
      'Have it allow name.ngrok-free.app:443, or try another network.',
      'Have it allow name.ngrok-free.app:443, or try another network.',
    ],
  ])('that cannot be reached is told with what to do: %j', async (remedy, told) => {
    const failure = await probeWith(() => ({ kind: 'no-way', detail: 'the reason', remedy })).send(PUBLIC)
    expect(failure).toEqual({
      code: 'no-way',
      message: `${PUBLIC} cannot be reached from this computer: the reason. ${told}`,
    })
  })
})

describe('a probe that waits in vain', () => {
  test('says that the address does not answer', async () => {
    const failure = await probeWith(() => ({ kind: 'time-out' })).send(PUBLIC)
    expect(failure).toMatchObject({ code: 'silent', message: expect.stringMatching(/does not answer.*Check/) })
  })

  test('says that it leads here but not back, where the probe arrived', async () => {
    const probe = probeWith((header, own) => {
      expect(own.answer(header)).not.toBeNull()
      return { kind: 'time-out' }
    })
    expect(await probe.send(PUBLIC)).toMatchObject({ code: 'silent', message: expect.stringContaining('leads here') })
  })
})

describe('what arrives at our own listener', () => {
  test('is answered once: whoever sends the same header again gets nothing', async () => {
    const given: unknown[] = []
    const probe = probeWith((header, own) => {
      const first = own.answer(header)
      given.push(own.answer(header), own.answer(header))
      return answer(200, JSON.stringify(first))
    })
    expect(await probe.send(PUBLIC)).toBeNull()
    expect(given).toStrictEqual([null, null])
  })

  test('is answered only while its probe is on its way', async () => {
    const headers: string[] = []
    const probe = probeWith((header) => {
      headers.push(header)
      return { kind: 'time-out' }
    })
    await probe.send(PUBLIC)
    expect(headers.map(probe.answer)).toStrictEqual([null])
  })

  test('is refused when it was forged from a real one, and the real one is answered after that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom('0', 'f', 'A', '.', ' ', '', '\n'), async (at, put) => {
        const probe = probeWith((header, own) => {
          const place = at % header.length
          const forged = `${header.slice(0, place)}${put}${header.slice(place + 1)}`
          if (forged !== header) expect(own.answer(forged)).toBeNull()
          return answer(200, JSON.stringify(own.answer(header)))
        })
        expect(await probe.send(PUBLIC)).toBeNull()
      }),
    )
  })

  test('is refused whatever it is, when it is none of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{32}\.[0-9a-f]{64}$/)), async (text) => {
        const probe = probeWith((header, own) => {
          if (text !== header) expect(own.answer(text)).toBeNull()
          for (const more of [`${header}${text}x`, `${text}x${header}`, `${header}\n`, `${header}, ${header}`]) {
            expect(own.answer(more)).toBeNull()
          }
          return answer(200, JSON.stringify(own.answer(header)))
        })
        expect(await probe.send(PUBLIC)).toBeNull()
      }),
    )
  })

  test('tells nothing by which another probe could be made: two of the same process share no part', async () => {
    const headers: string[] = []
    const probe = probeWith((header) => {
      headers.push(header)
      return { kind: 'time-out' }
    })
    await probe.send(PUBLIC)
    await probe.send(PUBLIC)
    const [first = [], second = []] = headers.map((header) => header.split('.'))
    expect(first.filter((part) => second.includes(part))).toStrictEqual([])
  })
})

test('only the proof counts: the right answer that no listener of ours gave is refused', async () => {
  const probe = probeWith(() => answer(200, '{"status":"probe"}'))
  expect(await probe.send(PUBLIC)).toMatchObject({ code: 'elsewhere' })
})
