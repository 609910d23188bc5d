import { dirname } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { CommandError } from '../../electron/console/commands.ts'
import { keepToken, keepTokenRequest, readToken } from '../../electron/console/keep-token.ts'
import { createTokenCalls } from '../../electron/engine/settings/kept-token.ts'
import { createAskedCalls } from '../support/asked-calls.ts'
import { PASSPHRASE, secretsFolder } from '../support/secrets-folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const refusalOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof CommandError) return error.message
    throw error
  }
  throw new Error('Nothing was refused')
}

describe('the command line', () => {
  test('names one token, and may ask to forget it', () => {
    expect(keepTokenRequest(['notion'], { data: 'x', config: 'y' })).toEqual({ name: 'notion', isForgetting: false })
    expect(keepTokenRequest(['tunnel'], { forget: true })).toEqual({ name: 'tunnel', isForgetting: true })
  })

  test('holds no token, and what was typed is not repeated', () => {
    for (const names of [['a-token-in-the-wrong-place'], ['notion', 'a-token-in-the-wrong-place'], []]) {
      const refusal = refusalOf(() => keepTokenRequest(names, {}))
      expect(refusal).not.toContain('wrong-place')
      expect(refusal).toMatch(/notion|Nothing was kept\.$/)
    }
  })

  test('with an option that would be passed over is refused', () => {
    expect(refusalOf(() => keepTokenRequest(['notion'], { confirm: 'a-token' }))).toMatch(
      /^"keep-token" does not take --confirm\. Usage: /,
    )
  })
})

const piped = (text: string) => ({ input: Readable.from([Buffer.from(text)]), output: new PassThrough() })

/** A terminal at which somebody types; what it is told to do with its echo, and what it shows. */
const terminal = (typed: string) => {
  const rawModes: boolean[] = []
  const output = new PassThrough()
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => {
      rawModes.push(isRaw)
    },
  })
  input.write(typed)
  return { source: { input, output }, rawModes, shown: () => String(output.read() ?? '') }
}

const NO_TOKEN = new CommandError('That is no token: it is one word of 1 to 500 visible characters. Nothing was kept.')

describe('the token', () => {
  test.each([
    ['a-token', 'a-token'],
    ['a-token\n', 'a-token'],
    ['a-token\r\n', 'a-token'],
    ['a-token\nand another line\n', 'a-token'],
    [`${'x'.repeat(500)}\n`, 'x'.repeat(500)],
  ])('is one line of the standard input: %j', async (text, token) => {
    const source = piped(text)
    expect(await readToken(source, 'notion')).toBe(token)
    expect(source.output.read()).toBeNull()
  })

  test.each(['', '\n', '   \n', 'two words\n', ' leading', 'tab\there', 'bell\u0007', 'ünicode', 'x'.repeat(501)])(
    'of a wrong shape is refused in one sentence that does not repeat it: %j',
    async (text) => {
      await expect(readToken(piped(text), 'notion')).rejects.toThrow(NO_TOKEN)
    },
  )

  test('is not waited for beyond what a token can be', async () => {
    const endless = new Readable({
      read: function () {
        this.push('x'.repeat(1_000))
      },
    })
    await expect(readToken({ input: endless, output: new PassThrough() }, 'notion')).rejects.toThrow(NO_TOKEN)
  })

  test('is asked for at a terminal, which shows nothing of it', async () => {
    const { source, rawModes, shown } = terminal('a-tokem\u007fn\r')
    expect(await readToken(source, 'tunnel')).toBe('a-token')
    expect(shown()).toBe('The token of the tunnel (it is not shown): \n')
    // Raw is without echo, and the terminal gets its own way back.
    expect(rawModes).toEqual([true, false])
  })

  test.each([
    ['Ctrl-C', 'a-tok\u0003'],
    ['Ctrl-D', '\u0004'],
    ['an empty line', '\r'],
  ])('is not given by %s', async (_, typed) => {
    const { source, rawModes } = terminal(typed)
    await expect(readToken(source, 'notion')).rejects.toThrow(NO_TOKEN)
    expect(rawModes.at(-1)).toBe(false)
  })
})

describe('is kept', () => {
  test('by the engine that runs, which goes on with the one it has', async () => {
    const { call, asked } = createAskedCalls()
    const place = { call, dataFolder: temporaryFolder(), passphrase: null }
    expect(await keepToken(place, 'notion', 'a-token')).toBe(
      'The token of Notion is kept. It takes effect with the next start: the engine that runs goes on with the one it has.',
    )
    expect(await keepToken(place, 'tunnel', null)).toMatch(/^No token of the tunnel is kept any more\. /)
    expect(asked).toEqual([
      { name: 'keep-token', input: { name: 'notion', token: 'a-token' } },
      { name: 'keep-token', input: { name: 'tunnel', token: null } },
    ])
  })

  test('though something else gives one in its place, which is told', async () => {
    const answer = { refused: null, given_by: 'the environment variable NOTION_TOKEN', is_encrypted: false }
    const { call } = createAskedCalls({ 'keep-token': () => Promise.resolve(answer) })
    const place = { call, dataFolder: temporaryFolder(), passphrase: null }
    expect(await keepToken(place, 'notion', 'a-token')).toMatch(
      / But the environment variable NOTION_TOKEN gives one, and wins\.$/,
    )
  })

  test('as the engine keeps what it has: a passphrase that only the command was given is told to count for nothing', async () => {
    const told = async (isEncrypted: boolean, passphrase: string | null) => {
      const answer = { refused: null, given_by: null, is_encrypted: isEncrypted }
      const { call } = createAskedCalls({ 'keep-token': () => Promise.resolve(answer) })
      return keepToken({ call, dataFolder: temporaryFolder(), passphrase }, 'notion', 'a-token')
    }
    expect(await told(false, 'a passphrase')).toMatch(
      / It is not encrypted: the engine that runs was started without BLACKCORE_SECRETS_KEY, and the passphrase given to this command was not used\. Start it again with the/,
    )
    expect(await told(false, null)).not.toContain('encrypted')
    expect(await told(true, null)).toMatch(/ It is encrypted with the passphrase of the engine that runs\.$/)
  })

  test('encrypted by the engine: whether the passphrase given to the command opens the file is told, and no more', async () => {
    const { open, path, text } = secretsFolder()
    const store = await open(PASSPHRASE)
    const { call, asked } = createAskedCalls(createTokenCalls(store, { tokens: { notion: null, tunnel: null } }))
    const told = async (passphrase: string | null, token: string | null = 'a-token') => {
      const said = await keepToken({ call, dataFolder: dirname(path), passphrase }, 'notion', token)
      expect(text()).not.toContain('a-token')
      expect(store.token('notion')).toBe(token)
      return said
    }
    const encrypted = / the one it has\. It is encrypted with the passphrase of the engine that runs(.*)$/
    expect(encrypted.exec(await told(PASSPHRASE))?.[1]).toBe(', which is the one given to this command.')
    expect(encrypted.exec(await told('another passphrase'))?.[1]).toBe(
      '. The one given to this command does not open the file, and was not used: start the engine again with its own.',
    )
    expect(encrypted.exec(await told(null))?.[1]).toBe('.')
    expect(await told('another passphrase', null)).not.toContain('encrypted')
    expect(JSON.stringify(asked)).not.toContain('passphrase')
  })

  test('encrypted by an engine whose file cannot be read from here: nothing is claimed of the passphrase', async () => {
    const answer = { refused: null, given_by: null, is_encrypted: true }
    const { call } = createAskedCalls({ 'keep-token': () => Promise.resolve(answer) })
    expect(
      await keepToken({ call, dataFolder: temporaryFolder(), passphrase: PASSPHRASE }, 'notion', 'a-token'),
    ).toMatch(
      / engine that runs\. The one given to this command was not used; whether it is another is not known, because the secrets file cannot be read from here\.$/,
    )
  })

  test('unless the engine refuses, which is told', async () => {
    const { call } = createAskedCalls({
      'keep-token': () => Promise.resolve({ refused: 'The disk refuses.', given_by: null, is_encrypted: false }),
    })
    const place = { call, dataFolder: temporaryFolder(), passphrase: null }
    await expect(keepToken(place, 'notion', 'a-token')).rejects.toThrow(new CommandError('The disk refuses.'))
  })

  test('in the file where no engine runs', async () => {
    const { open, path } = secretsFolder()
    const place = { call: null, dataFolder: path.slice(0, -'/secrets.json'.length), passphrase: null }
    expect(await keepToken(place, 'notion', 'a-token')).toBe(
      'The token of Notion is kept. It takes effect with the next start.',
    )
    expect((await open()).token('notion')).toBe('a-token')
  })
})
