/** A name that nobody can have: a part of it is too long, so that no name server is even asked. */
export const UNKNOWN_NAME = `${'a'.repeat(64)}.invalid`
