/** The header of a probe: a request that this program sends to its own public address. */
export const PROBE_HEADER = 'x-blackcore-probe'

/** What only this very process can answer to its own probe. */
export interface ProbeAnswer {
  readonly status: 'probe'
  readonly proof: string
}
