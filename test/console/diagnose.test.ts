import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { type Call, HangingEngineError, RefusedCallError } from '../../electron/console/client.ts'
import { CommandError } from '../../electron/console/commands.ts'
import { diagnose, type DiagnoseParts } from '../../electron/console/diagnose.ts'
import { SettingsError } from '../../electron/engine/settings/load.ts'
import { type Check, CHECK_NAMES } from '../../shared/diagnosis.ts'
import { createAskedCalls } from '../support/asked-calls.ts'

const DISK: Check = { name: 'disk', outcome: 'ok', message: 'Room for MY-SECRET.' }

const LOG = { name: 'log.txt', text: 'at MY-HOME with MY-SECRET' }

const run = async (changes: Partial<DiagnoseParts> = {}) => {
  const printed: string[] = []
  const written: Uint8Array[] = []
  const ended = await diagnose({
    load: () => {
      throw new SettingsError('a.yaml:1: wrong.')
    },
    config: 'a.yaml',
    engine: null,
    settingsWrittenAt: () => Promise.resolve(null),
    withoutEngine: async () => ({ checks: [DISK], files: [], isDiskSilent: false }),
    besideEngine: async () => ({ checks: [DISK], files: [LOG], isDiskSilent: false }),
    redact: (text) => text.replaceAll('MY-SECRET', '[hidden]'),
    presentable: (text) => text.replaceAll('MY-HOME', '~').replaceAll('MY-SECRET', '[hidden]'),
    versions: { product: '1', node: '24', system: 'MY-HOME', architecture: 'x64' },
    bundle: null,
    isJson: false,
    print: (text) => printed.push(text),
    now: Date.now,
    ...changes,
  })
  return { printed, written, ended }
}

const silent: Call = () => Promise.reject(new HangingEngineError('no answer'))

test('settings that cannot be read are the first line, and the others follow', async () => {
  const { printed, ended } = await run()
  expect(printed).toEqual(['failed   settings   a.yaml:1: wrong.\nok       disk       Room for [hidden].'])
  expect(ended).toEqual({ hasFailed: true, isDiskSilent: false })
})

test('with --json it is one line, with the bundle or null', async () => {
  const { printed } = await run({ isJson: true })
  const [line = ''] = printed
  expect(printed).toHaveLength(1)
  expect(JSON.parse(line)).toEqual({
    checks: [
      { name: 'settings', outcome: 'failed', message: 'a.yaml:1: wrong.' },
      { name: 'disk', outcome: 'ok', message: 'Room for [hidden].' },
    ],
    bundle: null,
  })
})

test('a running engine is asked, with files only for a bundle', async () => {
  const { call, asked } = createAskedCalls({ diagnose: () => Promise.resolve({ checks: [DISK], files: [] }) })
  await run({ engine: call })
  expect(asked).toEqual([{ name: 'diagnose', input: { with_files: false } }])
})

test.each<[string, Call | 'silent']>([
  ['from the first call', 'silent'],
  ['during the diagnosis', silent],
])(
  'an engine that does not answer (%s) has failed, and nothing is claimed that was not seen',
  async (_when, engine) => {
    const { printed, ended } = await run({ engine, isJson: true })
    const { checks } = JSON.parse(printed[0] ?? '') as { checks: Check[] }
    expect(checks.map(({ name }) => name)).toEqual(CHECK_NAMES)
    expect(checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)).toEqual([
      'settings',
      'listener',
    ])
    expect(checks.filter(({ outcome }) => outcome === 'ok')).toEqual([{ ...DISK, message: 'Room for [hidden].' }])
    expect(ended).toEqual({ hasFailed: true, isDiskSilent: false })
  },
)

test('an engine that cannot look at itself is told with its reason, and what can be seen without it', async () => {
  const engine: Call = () => Promise.reject(new RefusedCallError('This was not done: the disk refuses MY-SECRET.'))
  const { printed } = await run({ engine })
  expect(printed[0]).toMatch(
    /^failed +listener +The Blackcore Sync that runs cannot look at itself\. This was not done: the disk refuses \[hidden\]\.$/m,
  )
  expect(printed[0]).toMatch(/^skipped +token +not checked: the running engine cannot look at itself\.$/m)
  expect(printed[0]).toMatch(/^ok +disk +Room for \[hidden\]\.$/m)
})

test('a disk that does not answer beside a silent engine is passed on: this process cannot end in order', async () => {
  const besideEngine = async () => ({ checks: [], files: [], isDiskSilent: true })
  expect((await run({ engine: 'silent', besideEngine })).ended).toEqual({ hasFailed: true, isDiskSilent: true })
})

describe('the bundle', () => {
  const bundleWith = (isFree: boolean, exists = false) => {
    const written: Uint8Array[] = []
    const bundle = {
      path: '/b.zip',
      exists: async () => exists,
      write: async (bytes: Uint8Array) => {
        written.push(bytes)
        return isFree
      },
    }
    return { bundle, written }
  }

  test('holds what was told and what the engine gave, each made presentable', async () => {
    const { bundle, written } = bundleWith(true)
    const files = [{ name: 'log.txt', text: 'at MY-HOME' }]
    await run({ bundle, withoutEngine: async () => ({ checks: [DISK], files, isDiskSilent: false }) })
    const packed = Object.entries(unzipSync(written[0]!)).map(([name, bytes]) => [name, strFromU8(bytes)] as const)
    expect(packed.map(([name]) => name)).toEqual(
      ['checks.txt', 'checks.json', 'versions.json', 'log.txt'].map((name) => `blackcore-sync/${name}`),
    )
    const everything = packed.map(([, text]) => text).join('\n')
    expect(everything).toContain('at ~')
    expect(everything).not.toMatch(/MY-(HOME|SECRET)/)
  })

  test.each<[string, Call | 'silent']>([
    ['is silent from the first call', 'silent'],
    ['falls silent during the diagnosis', silent],
  ])('holds the log of an engine that %s', async (_when, engine) => {
    const { bundle, written } = bundleWith(true)
    await run({
      bundle,
      engine,
      besideEngine: async (_, withFiles) => ({ checks: [DISK], files: withFiles ? [LOG] : [], isDiskSilent: false }),
    })
    const log = unzipSync(written[0]!)['blackcore-sync/log.txt']
    expect(log === undefined ? null : strFromU8(log)).toBe('at ~ with [hidden]')
  })

  test('takes the place of no file: that is told before anything is looked at, and again at the last moment', async () => {
    const early = bundleWith(true, true)
    await expect(run({ bundle: early.bundle })).rejects.toThrow(CommandError)
    expect(early.written).toEqual([])
    await expect(run({ bundle: bundleWith(false).bundle })).rejects.toThrow(
      '/b.zip exists already, and is not overwritten: give the bundle another name.',
    )
  })
})
