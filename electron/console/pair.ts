import type { PairingChange } from '../engine/engine.ts'
import type { Call } from './client.ts'
import { CommandError } from './commands.ts'

/** The lines of a pairing, as scripts read them: see the contract of `pair`. */
export const pairingLine = (change: PairingChange): string =>
  change.kind === 'handshake'
    ? `handshake ${JSON.stringify({ token: change.token, suspicious: change.suspicious })}`
    : `paired ${JSON.stringify({ workspace_id: change.workspaceId })}`

export const confirmPairing = async (call: Call, token: string): Promise<void> => {
  const { refused } = await call('confirm-pairing', { token })
  if (refused !== null) throw new CommandError(refused)
}

const ASKED_EVERY_MS = 500

const ENDED =
  'The pairing has ended, and nothing was confirmed: its time is over, or the program was stopped or disconnected. If you have pasted a token in Notion already, confirm it: pair --confirm TOKEN. Otherwise pair again, then have Notion send the token again, or make a new subscription in place of this one.'

/** Opens the pairing of an engine that runs already, and tells what comes until something is confirmed. */
export const pairRunning = async (
  call: Call,
  print: (line: string) => void,
  sleep: (delayMs: number) => Promise<void>,
): Promise<void> => {
  const before = (await call('pairing', {})).confirmed?.at ?? null
  const { refused } = await call('open-pairing', {})
  if (refused !== null) throw new CommandError(refused)
  const told = new Set<string>()
  for (;;) {
    const { until, tokens, confirmed } = await call('pairing', {})
    for (const { token, suspicious } of tokens.filter((each) => !told.has(each.token))) {
      print(pairingLine({ kind: 'handshake', token, suspicious }))
      told.add(token)
    }
    if (confirmed !== null && confirmed.at !== before) {
      print(pairingLine({ kind: 'paired', workspaceId: confirmed.workspace_id }))
      return
    }
    if (until === null) throw new CommandError(ENDED)
    await sleep(ASKED_EVERY_MS)
  }
}
