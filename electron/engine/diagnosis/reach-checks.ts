import type { Check } from '../../../shared/diagnosis.ts'
import type { Reach } from '../../../shared/reach.ts'
import type { Settings } from '../../../shared/settings.ts'
import { failed, notice, ok, skipped } from './check.ts'

const NO_TUNNEL =
  'No tunnel is set, so Notion cannot reach this computer: only a catch-up brings changes. To get them at once, set tunnel.provider to ngrok or url.'

const NOT_OPEN = 'no public address is open'

const tunnelCheck = ({ provider, state, address, message }: Reach): Check => {
  const told = address ?? 'its public address'
  switch (state) {
    case 'off':
      return notice('tunnel', message ?? (provider === 'none' ? NO_TUNNEL : 'The tunnel is not open.'))
    case 'opening':
      return notice('tunnel', message ?? 'The tunnel is being opened. Look again in a minute.')
    case 'checking':
      return notice('tunnel', message ?? `The tunnel is open at ${told}; whether it leads here is being checked.`)
    case 'reachable':
      return message === null ? ok('tunnel', `Notion reaches this computer at ${told}.`) : notice('tunnel', message)
    case 'unreachable':
      return failed('tunnel', message ?? `Notion cannot reach this computer at ${told}.`)
  }
}

const since = (provenAt: string | null): string => (provenAt === null ? 'never' : `last at ${provenAt}`)

const probeCheck = ({ state, address, provenAt }: Reach): Check => {
  switch (state) {
    case 'off':
      return skipped('probe', 'there is no tunnel')
    case 'opening':
      return skipped('probe', NOT_OPEN)
    case 'checking':
      return notice('probe', 'No probe has come back yet. Look again in a minute.')
    case 'reachable':
      return ok('probe', `What was sent through the public address came back, ${since(provenAt)}.`)
    case 'unreachable':
      return address === null
        ? skipped('probe', NOT_OPEN)
        : failed(
            'probe',
            `What is sent to ${address} does not come back (${since(provenAt)}). Put right what the tunnel says.`,
          )
  }
}

/** The tunnel and the probe of a running engine. */
export const reachChecks = (reach: Reach): readonly Check[] => [tunnelCheck(reach), probeCheck(reach)]

/** What the settings alone tell of them. */
export const plannedReachChecks = ({ provider }: Settings['tunnel']): readonly Check[] =>
  provider === 'none'
    ? [notice('tunnel', NO_TUNNEL), skipped('probe', 'there is no tunnel')]
    : [skipped('tunnel', 'no engine is running'), skipped('probe', 'no engine is running')]
