import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface RawRequest {
  readonly method?: string
  /** The request target, exactly as it goes over the wire. */
  readonly target: string
  /** Exactly as given, except for Host and Connection, which are added where they are missing. */
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string | Buffer
}

const parsed = (text: string): RawAnswer => {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { status: Number(statusLine.split(' ')[1]), headers, body: text.slice(end + 4) }
}

/**
 * Sends bytes to a port of loopback, and reads until the server closes the connection.
 * A server that answers early may reset it: what was read until then is the answer.
 */
export const rawExchange = (port: number, bytes: Buffer): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const end = (error?: Error): void => {
      if (chunks.length > 0) resolve(parsed(Buffer.concat(chunks).toString()))
      else reject(error ?? new Error('The connection was closed without an answer'))
    }
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => socket.end())
    socket.on('error', end)
    socket.on('close', () => {
      end()
    })
  })

/** One HTTP/1.1 request, free of what a client library would refuse to send or would put right. */
export const rawRequest = (port: number, request: RawRequest): Promise<RawAnswer> => {
  const { method = 'POST', target, headers = [], body = '' } = request
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const all = [...headers]
  if (!given.has('host')) all.push(['Host', `127.0.0.1:${port}`])
  if (!given.has('connection')) all.push(['Connection', 'close'])
  if (!given.has('content-length') && !given.has('transfer-encoding')) {
    all.push(['Content-Length', String(Buffer.byteLength(body))])
  }
  const lines = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`)]
  return rawExchange(port, Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]))
}

/** A body as Transfer-Encoding: chunked puts it, in chunks of 64 KiB. */
export const chunked = (body: Buffer): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += 65_536) {
    const part = body.subarray(at, at + 65_536)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}
