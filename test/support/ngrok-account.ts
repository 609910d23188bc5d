import { test } from 'vitest'

const authtoken = process.env['NGROK_AUTHTOKEN']

/** The real service needs an account and a network: without its token, what speaks to it is skipped, and says so. */
export const testWithNgrok = (what: string, run: (authtoken: string) => Promise<void>): void => {
  if (authtoken === undefined || authtoken === '') {
    test.skip(`${what} (not tried: the variable NGROK_AUTHTOKEN holds no token)`)
  } else {
    test(what, () => run(authtoken), 60_000)
  }
}
