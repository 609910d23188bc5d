import { childProgram, type StartChildProgram } from '../foundation/child-program.ts'
import { endsWithin } from '../foundation/deadline.ts'
import { fromAgentSchema, type ToAgent } from './agent-messages.ts'
import type { NgrokOptions } from './ngrok.ts'
import { ngrokFailure } from './ngrok-failures.ts'
import type { Opening, TunnelFailure, TunnelProvider } from './provider.ts'

export interface IsolatedNgrokOptions extends Omit<NgrokOptions, 'load'> {
  readonly startAgent?: StartChildProgram
}

/** The tunnel's own closing has 2 s. */
const CLOSE_LIMIT_MS = 3_000

const ENDED: TunnelFailure = {
  code: 'lost',
  message: 'The part of this program that holds the tunnel has ended. It is being started anew.',
}

const GIVEN_UP: Opening = { ok: false, failure: { code: 'given-up', message: 'The opening was given up.' } }

/**
 * ngrok's tunnel, each in a process of its own. In one process, the library opens one session after the other (a lock of
 * its own, 1.7.0): one whose server never answers, as when the network changed in that moment, would keep all later ones
 * waiting, and nothing but the end of the process gives it up. And what the library prints stays out of our output.
 */
export const createIsolatedNgrok = (options: IsolatedNgrokOptions): TunnelProvider => {
  const { authtoken, domain, localAddress, path, clock, log, serverAddress = null } = options
  const startAgent = options.startAgent ?? childProgram(new URL('./ngrok-agent.ts', import.meta.url))

  return {
    name: 'ngrok',
    open: ({ signal, onLost, onWaiting }) => {
      if (authtoken === null) {
        return Promise.resolve({ ok: false, failure: ngrokFailure(new Error('ERR_NGROK_4018'), null) })
      }
      const opening = Promise.withResolvers<Opening>()
      let isOpen = false

      const agent = startAgent((message) => {
        const parsed = fromAgentSchema.safeParse(message)
        if (!parsed.success) {
          // Something else answers there than what was started: nothing of it is believed.
          agent.kill()
          return
        }
        const told = parsed.data
        switch (told.kind) {
          case 'opened':
            isOpen = true
            opening.resolve({ ok: true, tunnel: { address: told.address, close } })
            return
          case 'failed':
            opening.resolve({ ok: false, failure: told.failure })
            agent.kill()
            return
          case 'lost':
            lose(told.failure)
            return
          case 'waiting':
            onWaiting?.(told.failure)
            return
          case 'noted':
            log.info({ error: told.error }, told.message)
        }
      })
      const tell = (message: ToAgent): void => {
        agent.send(message)
      }
      const lose = (failure: TunnelFailure): void => {
        if (!isOpen) return
        isOpen = false
        onLost(failure)
      }
      const close = async (): Promise<void> => {
        isOpen = false
        tell({ kind: 'close' })
        await endsWithin(clock, CLOSE_LIMIT_MS, () => agent.ended)
        agent.kill()
      }

      void agent.ended.then(() => {
        opening.resolve({ ok: false, failure: ENDED })
        lose(ENDED)
      })
      signal.addEventListener('abort', () => {
        if (isOpen) return
        opening.resolve(GIVEN_UP)
        agent.kill()
      })
      tell({ kind: 'open', authtoken, domain, localAddress, path, serverAddress })
      return opening.promise
    },
  }
}
