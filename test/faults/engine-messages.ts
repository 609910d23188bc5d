/** What the parent asks of the engine that kills itself. */
export type ToEngine =
  | {
      readonly kind: 'begin'
      readonly settingsFile: string
      readonly dataFolder: string
      /** The effect, counted from 1, that it does not come to; a number that is too high for none. */
      readonly killAt: number
    }
  | { readonly kind: 'rest' }
  | { readonly kind: 'stop' }

/** Its answers, one to each; `effects` are those so far. */
export type FromEngine =
  | { readonly kind: 'begun'; readonly webhookUrl: string; readonly effects: number }
  | { readonly kind: 'resting' }
  | { readonly kind: 'stopped'; readonly effects: readonly string[] }
