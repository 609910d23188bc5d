import { connect } from 'node:net'

/**
 * Sends bytes over a connection of their own; gives the status of the first answer, or null where there was none.
 * A client that loses its patience closes its side: a server that waits for more has to let go then.
 */
export const answerStatus = (port: number, bytes: Buffer, patienceMs: number): Promise<number | null> =>
  new Promise((resolve) => {
    let arrived = ''
    const statusOf = (): number | null => {
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(arrived)?.[1]
      return status === undefined ? null : Number(status)
    }
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const patience = setTimeout(() => socket.end(), patienceMs)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      arrived += text
      // "Go on" is no answer yet.
      if (statusOf() === 100) arrived = arrived.slice(arrived.indexOf('\r\n\r\n') + 4)
      if (statusOf() !== null) socket.destroy()
    })
    // The server may cut a connection while bytes are still on their way.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(patience)
      resolve(statusOf())
    })
  })
