import type { Environment } from './environment.ts'

export type Expansion =
  | { readonly kind: 'literal' }
  | { readonly kind: 'expanded'; readonly value: string | number | boolean }
  | { readonly kind: 'unset'; readonly variable: string; readonly isEmpty: boolean }
  | { readonly kind: 'malformed' }

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g
const ONE_VARIABLE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/

const valueOf = (environment: Environment, name: string): string | null => {
  const value: unknown = environment[name]
  return typeof value === 'string' && value !== '' ? value : null
}

const asScalar = (text: string): string | number | boolean => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}

/**
 * Puts the values of variables in the place of `${NAME}`.
 * What a variable holds is taken as it is: not as YAML, and not expanded once more.
 * With `isTyped`, text that is nothing but one variable becomes the number or the boolean that the variable holds.
 * A variable that is empty counts as unset; a `${` without a name behind it is malformed.
 */
export const expand = (text: string, environment: Environment, isTyped: boolean): Expansion => {
  if (!text.includes('${')) return { kind: 'literal' }
  if (text.replaceAll(VARIABLE, '').includes('${')) return { kind: 'malformed' }
  for (const [, name = ''] of text.matchAll(VARIABLE)) {
    if (valueOf(environment, name) === null) return { kind: 'unset', variable: name, isEmpty: environment[name] === '' }
  }
  const expanded = text.replaceAll(VARIABLE, (_, name: string) => valueOf(environment, name) ?? '')
  return { kind: 'expanded', value: isTyped && ONE_VARIABLE.test(text) ? asScalar(expanded) : expanded }
}
