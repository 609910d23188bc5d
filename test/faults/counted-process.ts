import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { PROJECT_FOLDER } from '../support/program-run.ts'
import type { FromEngine, ToEngine } from './engine-messages.ts'

/** A process of `counted-engine.ts`. */
export interface CountedProcess {
  /** Null: the process was killed before it could answer. */
  ask<Kind extends FromEngine['kind']>(
    message: ToEngine,
    kind: Kind,
  ): Promise<Extract<FromEngine, { kind: Kind }> | null>
  /** Resolves when the process is gone: with true where it was killed, with false where it ended in order. */
  readonly killed: Promise<boolean>
}

/** Starts loading at once: what is asked of it waits until it can listen. */
export const startCountedProcess = (): CountedProcess => {
  const child = fork(join(import.meta.dirname, 'counted-engine.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(PROJECT_FOLDER, 'node_modules/.cache/compile') },
  })
  const killed = once(child, 'exit').then(([code, signal]: unknown[]) => {
    if (signal === 'SIGKILL') return true
    if (code === 0) return false
    throw new Error(`The engine's process ended with ${String(code ?? signal)}`)
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return {
    killed,
    ask: async <Kind extends FromEngine['kind']>(message: ToEngine, kind: Kind) => {
      const answered = once(child, 'message').then(([answer]: unknown[]) => answer as FromEngine)
      child.send(message, () => undefined)
      const answer = await Promise.race([answered, killed.then(() => null)])
      if (answer === null) return null
      if (answer.kind !== kind) throw new Error(`The engine answered ${answer.kind} to ${message.kind}`)
      return answer as Extract<FromEngine, { kind: Kind }>
    },
  }
}
