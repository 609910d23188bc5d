/** The way to a value in the settings file: names of keys, and positions in lists from 0. */
export type KeyPath = readonly (string | number)[]

const SIMPLE_NAME = /^[\w-]+$/

/** Gives the form that people read and that `where` takes: `webhook.listen.port`, `webhook.databases[0]`. */
export const keyPathText = (path: KeyPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    const name = SIMPLE_NAME.test(step) ? step : JSON.stringify(step)
    return text === '' ? name : `${text}.${name}`
  }, '')
