import { createRedactor, type Redactor } from '../../electron/engine/foundation/redaction.ts'

/** A redactor that knows these secrets. */
export const redactorOf = (...secrets: readonly (string | null)[]): Redactor => {
  const redactor = createRedactor()
  for (const secret of secrets) redactor.learn(secret)
  return redactor
}
