import { trustingSystem } from '../foundation/system-network.ts'
import { PROBE_HEADER } from '../intake/probe-route.ts'

/** What a probe's request came to. */
export type ProbeReply =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** `ERR_NGROK_3200`, where ngrok answered in our place. */
      readonly ngrokCode: string | null
      /** Its beginning. */
      readonly body: string
    }
  | { readonly kind: 'time-out' }
  | { readonly kind: 'no-way'; readonly detail: string }

export interface ProbeRequests {
  /** POSTs a probe to the address. Never rejects. */
  post(address: string, header: string): Promise<ProbeReply>
}

/** A tunnel through three continents takes a second; what takes longer is no way for a webhook. */
const ANSWER_LIMIT_MS = 5_000

/** More than our own answer has; a stranger's page is not worth reading. */
const LONGEST_BODY_BYTES = 1_000

const beginningOf = async (body: ReadableStream<Uint8Array> | null): Promise<string> => {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body ?? []) {
    chunks.push(chunk)
    sizeBytes += chunk.byteLength
    // Leaving the loop gives the rest of the answer up.
    if (sizeBytes >= LONGEST_BODY_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_BODY_BYTES).toString('utf8')
}

const detailOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return detailOf(error.cause)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  return error.message === '' ? (code ?? error.name) : error.message
}

const isTimeOut = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

/** The one home of requests to our own public address. `signal` gives up what is on its way. */
export const createProbeRequests = (signal: AbortSignal): ProbeRequests => ({
  post: async (address, header) => {
    try {
      const response = await trustingSystem(() =>
        fetch(address, {
          method: 'POST',
          redirect: 'manual',
          // Browsers get a page of warning at ngrok's free plan in place of what they ask for.
          headers: { [PROBE_HEADER]: header, 'content-type': 'application/json', 'ngrok-skip-browser-warning': 'true' },
          body: '{}',
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
        }),
      )
      return {
        kind: 'answer',
        status: response.status,
        ngrokCode: response.headers.get('ngrok-error-code'),
        body: await beginningOf(response.body),
      }
    } catch (error) {
      return isTimeOut(error) ? { kind: 'time-out' } : { kind: 'no-way', detail: detailOf(error) }
    }
  },
})
