import { fork } from 'node:child_process'

/** A part of this program in a process of its own. */
export interface ChildProgram {
  /** JSON; what is sent to one that has ended goes nowhere. */
  send(message: object): void
  /** Ends it at once, whatever it is at: what it has open at the system is closed with it. */
  kill(): void
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
}

/** Starts a program; it is to end by itself when it is disconnected. */
export type StartChildProgram = (onMessage: (message: unknown) => void) => ChildProgram

/** The one home of child processes of our own. What it prints goes nowhere: our output is a contract. */
export const childProgram =
  (file: URL): StartChildProgram =>
  (onMessage) => {
    const child = fork(file, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const ended = Promise.withResolvers<undefined>()
    const end = (): void => {
      ended.resolve(undefined)
    }
    child.on('message', onMessage)
    child.on('exit', end)
    // It could not be started, or a message could not be sent because it has just ended.
    child.on('error', end)
    return {
      send: (message) => {
        if (child.connected) child.send(message)
      },
      kill: () => {
        child.kill('SIGKILL')
      },
      ended: ended.promise,
    }
  }
