import { createNgrok, type NgrokOptions } from '../../electron/engine/tunnel/ngrok.ts'
import type { TunnelFailure } from '../../electron/engine/tunnel/provider.ts'
import { createManualClock } from './manual-clock.ts'
import { createNgrokLibrary } from './ngrok-library.ts'
import { createRecordedLog } from './recorded-log.ts'

export const PUBLIC = 'https://name.ngrok-free.app'
export const TLS_FAILURE = new Error('failed to connect session: tls handshake error')

/** The provider over a constructed library, which each test ends by hand. */
export const provided = (options: Partial<NgrokOptions> = {}, library = createNgrokLibrary()) => {
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
  const begin = async () => {
    const lost: TunnelFailure[] = []
    const wanted = new AbortController()
    const asked = library.next()
    const opening = provider.open({ signal: wanted.signal, onLost: (failure) => lost.push(failure) })
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
