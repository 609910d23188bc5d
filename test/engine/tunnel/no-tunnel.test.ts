import { expect, test } from 'vitest'
import { createGroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { createQueueNotes } from '../../../electron/engine/queue/notes.ts'
import { createNoTunnel } from '../../../electron/engine/tunnel/no-tunnel.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createQueueFile } from '../../support/queue-file.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

const noTunnel = () => {
  const { database, reopen } = createQueueFile()
  const notes = createQueueNotes(database)
  const commits = createGroupCommit(database)
  const log = createRecordedLog()
  const tunnel = createNoTunnel({
    clock: createManualClock(),
    events: { recentArrivals: () => [] },
    notes,
    commits,
    log,
  })
  return { tunnel, notes, commits, reopen, log }
}

test('without a tunnel nothing is open, nothing is wrong, and a probe is nobody’s', async () => {
  const { tunnel } = noTunnel()
  tunnel.start('http://127.0.0.1:1')
  expect(tunnel.reach()).toMatchObject({ provider: 'none', state: 'off', address: null, message: null })
  expect(tunnel.problems()).toEqual([])
  await tunnel.stop()
})

test('what is paired without a tunnel is subscribed at an address that nobody told us: the one of before counts no more', async () => {
  const { tunnel, notes, commits, reopen } = noTunnel()
  await commits.run(() => {
    notes.noteSubscribedAddress('https://before.ngrok-free.app/webhooks/notion')
  })
  tunnel.forwarded('elsewhere.example')
  await commits.flushed()
  expect(notes.subscribedAddress()).toBe('https://before.ngrok-free.app/webhooks/notion')
  tunnel.paired()
  await commits.run(() => undefined)
  expect(notes.subscribedAddress()).toBeNull()
  expect(createQueueNotes(reopen()).subscribedAddress()).toBeNull()
})
