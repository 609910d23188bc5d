import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pagesIn } from '../support/cache-contents.ts'
import { endOf, preparePairing, stopped } from '../support/pairing-programs.ts'
import { healthAt } from '../support/program-run.ts'
import { madeSecret } from '../support/settings-file.ts'
import { until } from '../support/until.ts'

const PAIRING = { status: 200, body: { status: 'pairing' } }
const QUEUED = { status: 200, body: { status: 'queued' } }
const REJECTED = { status: 401, body: { status: 'rejected', event_id: null } }
const UNDECIDED = { status: 503, body: { status: 'unavailable', event_id: null } }

const handshakeLine = (token: string, suspicious = false): string =>
  `handshake ${JSON.stringify({ token, suspicious })}\n`

test('from an empty data folder to the first file by the command line alone, and the token stands nowhere else', async () => {
  const all = await preparePairing()
  const { workspace, page, cacheFolder } = all
  const [secret, forged] = [madeSecret(), madeSecret()]
  expect(existsSync(all.dataFolder)).toBe(false)

  const pairing = await all.pair()
  const { run, ready } = pairing
  const readyLine = `ready ${JSON.stringify(ready)}\n`
  expect((await healthAt(ready.console)).status).toBe('degraded')
  expect(await all.event(pairing, secret)).toMatchObject(REJECTED)
  expect(await all.handshake(pairing, secret)).toEqual(PAIRING)
  expect(await all.handshake(pairing, secret)).toEqual(PAIRING)
  await run.printed('handshake')
  expect(run.stdout()).toBe(`${readyLine}${handshakeLine(secret)}`)

  // What proves nothing changes nothing.
  const stranger = { workspaceId: '0badc0de-0000-4000-8000-000000000000' }
  expect(await all.event(pairing, secret, 0, stranger)).toMatchObject(REJECTED)
  expect(await all.event(pairing, forged)).toMatchObject(REJECTED)
  expect(existsSync(all.secretsFile)).toBe(false)

  expect(await all.event(pairing, secret)).toMatchObject(QUEUED)
  const paired = `${readyLine}${handshakeLine(secret)}paired ${JSON.stringify({ workspace_id: workspace.id })}\n`
  await run.printed('paired')
  expect(run.stdout()).toBe(paired)
  await until('the page has its file', () => pagesIn(cacheFolder).has(page(0)))
  if (process.platform !== 'win32') expect(statSync(all.secretsFile).mode & 0o777).toBe(0o600)
  // The confirmation has closed the window; the confirmed token sent again is no stranger's.
  expect(await all.handshake(pairing, forged)).toMatchObject(REJECTED)
  expect(await all.handshake(pairing, secret)).toMatchObject({ status: 200, body: { status: 'ignored' } })
  expect((await healthAt(ready.console)).status).toBe('healthy')
  // As the queue's own files lie while it runs, and as they lie after a crash.
  expect(await endOf(all.run('wait-idle'))).toMatchObject({ code: 0 })
  expect(all.filesWith(secret, forged)).toEqual([join('data', 'secrets.json')])
  run.kill('SIGKILL')
  await run.ended
  expect(run.stdout()).toBe(paired)

  const again = await all.start()
  expect(await all.event(again, secret, 1)).toMatchObject(QUEUED)
  expect(await all.handshake(again, forged)).toMatchObject(REJECTED)
  await until('the second page has its file', () => pagesIn(cacheFolder).has(page(1)))
  await stopped(again.run)

  expect(all.files()).toContainEqual(expect.stringMatching(/logs.+\.log$/))
  expect(all.filesWith(secret, forged)).toEqual([join('data', 'secrets.json')])
  expect(all.filesWith(all.token)).toEqual([])
  const elsewhere = all.printed().replace(handshakeLine(secret), '')
  expect(elsewhere).toContain('Paired with a webhook subscription')
  for (const hidden of [secret, forged, all.token]) expect(elsewhere).not.toContain(hidden)
})

test('a person chooses between two tokens with pair --confirm, which speaks to the program that pairs', async () => {
  const all = await preparePairing()
  const [real, forged] = [madeSecret(), madeSecret()]
  const pairing = await all.pair()
  expect(await all.handshake(pairing, forged)).toEqual(PAIRING)
  expect(await all.handshake(pairing, real)).toEqual(PAIRING)
  await pairing.run.printed(handshakeLine(real, true))
  expect(await all.event(pairing, real)).toMatchObject(UNDECIDED)
  expect(await all.event(pairing, forged)).toMatchObject(UNDECIDED)

  expect(await endOf(all.run('pair', '--confirm', madeSecret()))).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'No such token is waiting: it has not arrived, or something was confirmed, disconnected or started anew since. Nothing was done. If you have pasted it in Notion already, write it as webhook.secret; otherwise open the pairing (pair), then have Notion send the token again, or make a new subscription in place of this one.\n',
  })
  // Without --confirm it would open what was meant to be confirmed.
  expect(await endOf(all.run('pair', real))).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^"pair" does not take a word \(not repeated: it may be a secret\)\. Usage: [^\n]+\n$/,
    ),
  })
  expect(await endOf(all.run(real))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^There is no such command\. /),
  })
  expect(await all.event(pairing, real)).toMatchObject(UNDECIDED)

  expect(await endOf(all.run('pair', '--confirm', real))).toEqual({ code: 0, stdout: '', stderr: '' })
  await pairing.run.printed(`paired {"workspace_id":"${all.workspace.id}"}\n`)
  expect(await all.event(pairing, forged)).toMatchObject(REJECTED)
  expect(await all.handshake(pairing, forged)).toMatchObject(REJECTED)
  expect(await all.event(pairing, real)).toMatchObject(QUEUED)
  await stopped(pairing.run)
  expect(all.filesWith(real)).toEqual([join('data', 'secrets.json')])
  expect(all.filesWith(forged)).toEqual([])
})

test('given while an engine runs, pair speaks to that engine, tells what comes, and ends when it is paired', async () => {
  const all = await preparePairing()
  const engine = await all.start()
  const secret = madeSecret()
  expect(await all.handshake(engine, secret)).toMatchObject(REJECTED)
  const pairing = all.run('pair')
  await until('the pairing is open', async () => (await all.handshake(engine, secret)).status === 200)
  // At once: the token is told all the same.
  expect(await all.event(engine, secret)).toMatchObject(QUEUED)
  expect(await endOf(pairing)).toEqual({
    code: 0,
    stdout: `${handshakeLine(secret)}paired {"workspace_id":"${all.workspace.id}"}\n`,
    stderr: '',
  })
  // Whoever keeps the engine's output keeps no token.
  expect(engine.run.stdout()).toBe(`ready ${JSON.stringify(engine.ready)}\n`)
  expect(engine.run.stderr()).not.toContain(secret)

  const once = all.run('pair')
  await until('the pairing is open again', async () => (await all.handshake(engine, madeSecret())).status === 200)
  await stopped(engine.run)
  // It may have asked while the engine was stopping.
  expect(await endOf(once)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^(No Blackcore Sync is running with the data folder|The pairing has ended, ).*\.\n$/,
    ),
  })
})

test('pair --confirm where nothing runs ends with 2', async () => {
  const all = await preparePairing()
  expect(await endOf(all.run('pair', '--confirm', madeSecret()))).toEqual({
    code: 2,
    stdout: '',
    stderr: `No Blackcore Sync is running with the data folder ${all.dataFolder}.\n`,
  })
  expect(existsSync(all.dataFolder)).toBe(false)
})

test('disconnect forgets the secret for this run and the next, and tells where the subscription is deleted', async () => {
  const all = await preparePairing()
  const secret = madeSecret()
  const pairing = await all.pair()
  await all.handshake(pairing, secret)
  expect(await all.event(pairing, secret)).toMatchObject(QUEUED)
  expect(await endOf(all.run('disconnect'))).toMatchObject({ code: 2, stdout: '' })
  expect(await all.event(pairing, secret)).toMatchObject({ status: 200 })
  expect(await endOf(all.run('disconnect', '--yes'))).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^The secrets are forgotten\. .*Webhooks\.\n$/),
    stderr: '',
  })
  expect(await all.event(pairing, secret)).toMatchObject(REJECTED)
  expect((await healthAt(pairing.ready.console)).status).toBe('degraded')
  await stopped(pairing.run)
  expect(all.filesWith(secret)).toEqual([])
  const again = await all.start()
  expect(await all.event(again, secret)).toMatchObject(REJECTED)
})

test('disconnect needs no running engine: it forgets what lies in the file, and makes no folder where none is', async () => {
  const all = await preparePairing()
  const nothing = {
    code: 2,
    stdout: '',
    stderr: `Nothing is paired in the data folder ${all.dataFolder}. Nothing was done.\n`,
  }
  expect(await endOf(all.run('disconnect', '--yes'))).toEqual(nothing)
  expect(existsSync(all.dataFolder)).toBe(false)
  const secret = madeSecret()
  const pairing = await all.pair()
  await all.handshake(pairing, secret)
  expect(await all.event(pairing, secret)).toMatchObject(QUEUED)
  await stopped(pairing.run)
  expect(all.filesWith(secret)).toHaveLength(1)
  expect(await endOf(all.run('disconnect', '--yes'))).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^The secrets are forgotten\. .*Webhooks\.\n$/),
    stderr: '',
  })
  expect(all.filesWith(secret)).toEqual([])
  expect(await endOf(all.run('disconnect', '--yes'))).toEqual(nothing)
  expect(await all.event(await all.start(), secret)).toMatchObject(REJECTED)
})

describe('with webhook.secret set', () => {
  test('pair ends with 2 and says which line to remove, with and without a running engine', async () => {
    const secret = madeSecret()
    const all = await preparePairing({ A_SECRET: secret }, { secret: '${A_SECRET}' })
    const refused = {
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^.*webhook_config\.yaml:\d+: webhook\.secret is set, and wins over what is paired\. Remove it first\.\n$/,
      ),
    }
    expect(await endOf(all.run('pair'))).toEqual(refused)
    expect(existsSync(all.dataFolder)).toBe(false)
    const engine = await all.start()
    expect(await endOf(all.run('pair'))).toEqual(refused)
    expect(await all.handshake(engine, madeSecret())).toMatchObject(REJECTED)
    expect(await endOf(all.run('disconnect', '--yes'))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/webhook\.secret is set, and cannot be forgotten from here\./),
    })
    expect(await all.event(engine, secret)).toMatchObject(QUEUED)
  })
})

describe('with BLACKCORE_SECRETS_KEY', () => {
  const PASSPHRASE = 'a passphrase that nobody guesses'

  test('the secret stands in no file at all, and only the passphrase starts the engine again', async () => {
    const all = await preparePairing({ BLACKCORE_SECRETS_KEY: PASSPHRASE })
    const secret = madeSecret()
    const pairing = await all.pair()
    await all.handshake(pairing, secret)
    expect(await all.event(pairing, secret)).toMatchObject(QUEUED)
    await pairing.run.printed('paired')
    expect(await endOf(all.run('wait-idle'))).toMatchObject({ code: 0 })
    expect(all.filesWith(secret, PASSPHRASE)).toEqual([])
    await stopped(pairing.run)
    expect(all.filesWith(secret, PASSPHRASE)).toEqual([])
    const sealed = readFileSync(all.secretsFile)

    const refusal = async (key: string) => endOf(all.runWith({ BLACKCORE_SECRETS_KEY: key }))
    const sentence = (end: string) => ({
      code: 2,
      stdout: '',
      stderr: `The secrets file ${all.secretsFile} ${end}\n`,
    })
    expect(await refusal('')).toEqual(sentence('is encrypted: set BLACKCORE_SECRETS_KEY to its passphrase.'))
    expect(await refusal('one that never sealed it')).toEqual(
      sentence('cannot be opened with BLACKCORE_SECRETS_KEY: it is another passphrase, or the file was changed.'),
    )
    expect(readFileSync(all.secretsFile).equals(sealed)).toBe(true)

    const again = await all.start()
    expect(await all.event(again, secret, 1)).toMatchObject(QUEUED)
    await stopped(again.run)
    expect(all.filesWith(secret, PASSPHRASE)).toEqual([])
    expect(all.printed().replace(handshakeLine(secret), '')).not.toContain(secret)
    expect(all.printed()).not.toContain(PASSPHRASE)
  })
})
