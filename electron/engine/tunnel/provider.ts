/** Why there is no tunnel, in plain words with what to do. */
export interface TunnelFailure {
  /** ngrok's own code such as `ERR_NGROK_108`, or ours. */
  readonly code: string
  readonly message: string
}

export interface OpenTunnel {
  /** The whole public address of the webhook, its path included. */
  readonly address: string
  /** What is to be said of the address although a probe comes back from it; null: nothing. */
  warning?(): string | null
  /** Gives it up. Never rejects; a provider that does not answer is left behind. */
  close(): Promise<void>
}

export type Opening =
  | { readonly ok: true; readonly tunnel: OpenTunnel }
  | { readonly ok: false; readonly failure: TunnelFailure }

export interface OpeningOptions {
  readonly signal: AbortSignal
  readonly onLost: (failure: TunnelFailure) => void
  /** What there is to tell from now on while there is no answer, where that is not the provider's own silence. */
  readonly onWaiting?: (silence: TunnelFailure) => void
}

/**
 * Who makes us reachable. It opens a tunnel once, when it is asked: it neither retries nor waits, and a tunnel that it
 * reported as lost is lost for good.
 */
export interface TunnelProvider {
  /** How the tunnel is called in messages. */
  readonly name: string
  /**
   * Resolves with the open tunnel, or with why there is none; may stay without an answer, and is left then: a tunnel that
   * opens after `signal` was aborted is closed at once.
   */
  open(options: OpeningOptions): Promise<Opening>
}
