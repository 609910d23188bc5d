import { z } from 'zod'

/** notion: the integration token · tunnel: ngrok's authtoken. */
export const TOKEN_NAMES = ['notion', 'tunnel'] as const

export type TokenName = (typeof TOKEN_NAMES)[number]

/** A token as it can be kept: one word of visible ASCII, because it travels in a header. */
export const keptTokenSchema = z.string().regex(/^[\x21-\x7e]{1,500}$/)
