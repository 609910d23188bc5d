import type { Check } from '../../shared/diagnosis.ts'

/** Checks as a person reads them, or hears them read: a line each. */
export const checksText = (checks: readonly Check[]): string =>
  checks.map(({ name, outcome, message }) => `${outcome.padEnd(8)} ${name.padEnd(10)} ${message}`).join('\n')
