import { errorText } from '../foundation/errors.ts'
import { type Hindrance, refusedByProxy, unreachableProxy } from '../foundation/hindrance.ts'
import type { SystemProxy } from '../foundation/system-network.ts'
import type { TunnelFailure } from './provider.ts'

const TO_NGROK = ' to ngrok'

const failureOf = (code: string, { detail, remedy }: Hindrance): TunnelFailure => ({
  code,
  message: `${detail.replace(/^t/, 'T')}. ${remedy ?? ''}`,
})

/**
 * What keeps ngrok's server (`target`, as `host:port`) away behind a proxy, in plain words. None holds the proxy's user
 * name or password.
 */
export const proxyFailures = (proxy: SystemProxy, target: string) => ({
  /** What the proxy answered to CONNECT in place of 2xx. */
  refused: (status: number): TunnelFailure =>
    failureOf('proxy-refused', refusedByProxy(proxy, status, target, TO_NGROK)),
  unreachable: (error: unknown): TunnelFailure =>
    failureOf('proxy-unreachable', unreachableProxy(proxy, error, TO_NGROK)),
  /** Told once it has lasted. */
  silent: (): TunnelFailure => ({
    code: 'silent',
    message: `The proxy ${proxy.shown} gives no answer, so ngrok cannot be reached. Check it, and ${proxy.variable} that names it; it is tried again by itself.`,
  }),
  /** The same for what lies behind the proxy. */
  silentBehind: (): TunnelFailure => ({
    code: 'silent',
    message: `ngrok gives no answer through the proxy ${proxy.shown}. Check that the proxy lets ${target} through; it is tried again by itself.`,
  }),
  unsecured: (error: unknown): TunnelFailure => ({
    code: 'tls',
    message: `The connection to ngrok through the proxy ${proxy.shown} cannot be secured (${errorText(error)}). If the proxy looks into what passes, have the system trust its certificate, or have it let ${target} through as it is.`,
  }),
  /** It was secured, and over before ngrok had agreed to anything. */
  cut: (): TunnelFailure => ({
    code: 'proxy-cut',
    message: `The connection to ngrok through the proxy ${proxy.shown} ended before ngrok had answered. Have the proxy let ${target} through as it is, or try another network.`,
  }),
  folderUnusable: (folder: string, error: unknown): TunnelFailure => ({
    code: 'folder-unusable',
    message: `Behind the proxy ${proxy.shown}, ngrok needs a file in the folder for temporary files, and ${folder} refuses it (${errorText(error)}). Make it writable, or name another in TMPDIR, and start again.`,
  }),
})
