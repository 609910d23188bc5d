import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { preparePairing } from '../support/pairing-programs.ts'
import { runNpm } from '../support/program-run.ts'
import { madeSecret } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())

test('a token that a command of npm confirms stands in no file of npm, whether the command succeeds or fails', async () => {
  const all = await preparePairing()
  const [secret, unknown] = [madeSecret(), madeSecret()]
  const pairing = await all.pair()
  await all.handshake(pairing, secret)
  const home = temporaryFolder()
  const environment = { HOME: home, USERPROFILE: home, LOCALAPPDATA: home, npm_config_update_notifier: 'false' }
  const confirm = async (token: string, ...options: readonly string[]) => {
    const command = [...options, 'run', 'headless', '--', 'pair', '--confirm', token, '--data', all.dataFolder]
    const run = runNpm(command, { environment })
    const { code } = await run.ended
    return { code, stderr: run.stderr() }
  }

  expect(await confirm(secret)).toEqual({ code: 0, stderr: '' })
  expect(await confirm(unknown)).toMatchObject({ code: 2, stderr: expect.stringContaining('No such token is waiting') })
  const holdsToken = (path: string) => [secret, unknown].some((token) => readFileSync(path).includes(token))
  expect(filesIn(home).filter(holdsToken)).toEqual([])
  expect(filesIn(home).filter((path) => path.includes('_logs'))).toEqual([])

  // This is where it would stand.
  await confirm(unknown, '--logs-max=10')
  expect(filesIn(home).filter((path) => path.includes('_logs'))).toHaveLength(1)
})
