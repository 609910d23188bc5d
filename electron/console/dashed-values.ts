type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>

/** Node’s parser takes `--for -5m` for two options, and tells so in words of its own: they are joined before it reads them. */
export const withDashedValues = (args: readonly string[], options: Options): string[] => {
  const joined: string[] = []
  for (const arg of args) {
    const name = joined.at(-1) ?? ''
    const takesValue = name.startsWith('--') && options[name.slice(2)]?.type === 'string'
    if (takesValue && /^-\d/.test(arg) && !joined.includes('--')) joined.splice(-1, 1, `${name}=${arg}`)
    else joined.push(arg)
  }
  return joined
}
