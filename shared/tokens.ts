import { z } from 'zod'

/** notion: the integration token · tunnel: ngrok's authtoken. */
export const TOKEN_NAMES = ['notion', 'tunnel'] as const

export type TokenName = (typeof TOKEN_NAMES)[number]

/** One word of visible ASCII, because it travels in a header. */
const TOKEN = /^[\x21-\x7e]{1,500}$/

export const isToken = (text: string): boolean => TOKEN.test(text)

/** The rule in words, for the settings and what stands in their place. */
export const TOKEN_RULE = 'must be one word of letters, digits and signs on a keyboard, with nothing else in it'

/** A token as it can be kept. */
export const keptTokenSchema = z.string().regex(TOKEN)
