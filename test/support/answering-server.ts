import { createServer, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

/** Answers one request, or does not: whatever a server on the way may do to it. */
export type Respond = (response: ServerResponse, path: string) => void

export interface AnsweringServer {
  readonly url: string
  /** The paths that were asked for, with their query strings. */
  readonly asked: readonly string[]
}

const listening = async (respond: Respond) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    request.resume()
    respond(response, request.url ?? '')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return { server, asked, port: address.port }
}

/** A server on loopback that answers every path; it goes away with the running test. */
export const startAnsweringServer = async (respond: Respond): Promise<AnsweringServer> => {
  const { server, asked, port } = await listening(respond)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${port}`, asked }
}

/** A port of loopback at which nobody listens. */
export const freePort = async (): Promise<number> => {
  const { server, port } = await listening(() => undefined)
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}

/** A text is sent as it is, anything else as JSON. */
export const answering =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Respond =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
