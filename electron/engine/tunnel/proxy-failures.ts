import { errorText } from '../foundation/errors.ts'
import { PROXY_WITH_PASSWORD, type SystemProxy } from '../foundation/system-network.ts'
import type { TunnelFailure } from './provider.ts'

const ASKS_WHO = 407

/**
 * What keeps ngrok's server (`target`, as `host:port`) away behind a proxy, in plain words. None holds the proxy's user
 * name or password.
 */
export const proxyFailures = ({ url, shown, variable }: SystemProxy, target: string) => ({
  /** What the proxy answered to CONNECT in place of 2xx. */
  refused: (status: number): TunnelFailure => {
    const isWho = url.username === '' && url.password === ''
    const unknown = isWho ? 'asks for a user name and a password' : `takes neither the user name nor the password given`
    return {
      code: 'proxy-refused',
      message:
        status === ASKS_WHO
          ? `The proxy ${shown} ${unknown} (407). Write them into ${variable}, ${PROXY_WITH_PASSWORD}, and start again.`
          : `The proxy ${shown} does not let the connection to ngrok through (${status}). Have it allow ${target}, or try another network.`,
    }
  },
  unreachable: (error: unknown): TunnelFailure => ({
    code: 'proxy-unreachable',
    message: `The proxy ${shown} gives no connection to ngrok (${errorText(error)}). Check it, and ${variable} that names it.`,
  }),
  /** Told once it has lasted. */
  silent: (): TunnelFailure => ({
    code: 'silent',
    message: `The proxy ${shown} gives no answer, so ngrok cannot be reached. Check it, and ${variable} that names it; it is tried again by itself.`,
  }),
  /** The same for what lies behind the proxy. */
  silentBehind: (): TunnelFailure => ({
    code: 'silent',
    message: `ngrok gives no answer through the proxy ${shown}. Check that the proxy lets ${target} through; it is tried again by itself.`,
  }),
  unsecured: (error: unknown): TunnelFailure => ({
    code: 'tls',
    message: `The connection to ngrok through the proxy ${shown} cannot be secured (${errorText(error)}). If the proxy looks into what passes, have the system trust its certificate, or have it let ${target} through as it is.`,
  }),
  /** It was secured, and over before ngrok had agreed to anything. */
  cut: (): TunnelFailure => ({
    code: 'proxy-cut',
    message: `The connection to ngrok through the proxy ${shown} ended before ngrok had answered. Have the proxy let ${target} through as it is, or try another network.`,
  }),
  folderUnusable: (folder: string, error: unknown): TunnelFailure => ({
    code: 'folder-unusable',
    message: `Behind the proxy ${shown}, ngrok needs a file in the folder for temporary files, and ${folder} refuses it (${errorText(error)}). Make it writable, or name another in TMPDIR, and start again.`,
  }),
})
