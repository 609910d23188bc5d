import { describe, expect, test } from 'vitest'
import { type LoadInput, loadSettings, SettingsError } from '../../../electron/engine/settings/load.ts'

const MINIMAL = 'webhook:\n  databases: [Tasks]\n'

const load = (text: string, environment: LoadInput['environment'] = {}) =>
  loadSettings({ file: 'settings.yaml', cwd: '/srv/blackcore', environment, readText: () => text })

describe('the tokens', () => {
  test('come from NOTION_TOKEN and NGROK_AUTHTOKEN unless the file gives one, and say from where', () => {
    const environment = { NOTION_TOKEN: 'notion-default\n', NGROK_AUTHTOKEN: ' tunnel-default', MINE: 'from-mine' }
    const variable = (name: string, token: string) => ({ token, from: `the environment variable ${name}` })
    const defaults = {
      notion: variable('NOTION_TOKEN', 'notion-default'),
      tunnel: variable('NGROK_AUTHTOKEN', 'tunnel-default'),
    }
    expect(load(MINIMAL, environment).tokens).toEqual(defaults)
    const empty = load(`${MINIMAL}notion:\n  token:\ntunnel:\n  authtoken: ""\n`, environment)
    expect(empty.tokens.notion).toEqual(defaults.notion)
    const named = load(`${MINIMAL}notion:\n  token: \${MINE}\ntunnel: { authtoken: literal }\n`, environment)
    expect(named.tokens).toEqual({
      notion: { token: 'from-mine', from: 'settings.yaml:4: notion.token' },
      tunnel: { token: 'literal', from: 'settings.yaml:5: tunnel.authtoken' },
    })
    expect([named.settings.notion.token, named.settings.tunnel.authtoken]).toEqual(['from-mine', 'literal'])
    expect(load(MINIMAL, environment).settings.tunnel.authtoken).toBe('tunnel-default')
    expect(load(MINIMAL).tokens).toEqual({ notion: null, tunnel: null })
  })

  test('are null when the variable that the file names is unset, even if the one of the default is there', () => {
    const loaded = load(`${MINIMAL}notion:\n  token: \${MINE}\ntunnel:\n  authtoken: \${MINE}\n`, {
      NOTION_TOKEN: 'from-default',
      NGROK_AUTHTOKEN: 'from-default',
    })
    expect(loaded.tokens).toEqual({ notion: null, tunnel: null })
    expect([loaded.settings.notion.token, loaded.settings.tunnel.authtoken]).toEqual([null, null])
  })
})

describe('a token with more than a token in it', () => {
  const BODY = 'ntn_1234567890abcdefghij'

  test.each([
    ['a second line', `${BODY}\nfoo`],
    ['a space', `${BODY} foo`],
    ['a character that nobody sees', `${BODY}\u200b`],
    ['a quotation mark of a word processor', `\u201c${BODY}`],
  ])('is refused, without a word of it: %s', (_what, token) => {
    const rule = 'must be one word of letters, digits and signs on a keyboard, with nothing else in it'
    const read = (text: string, environment = {}) => load(`${MINIMAL}${text}`, environment)
    expect(() => read(`notion: { token: ${JSON.stringify(token)} }\n`)).toThrow(
      new SettingsError(`settings.yaml:3: notion.token ${rule}, but is text of another kind.`),
    )
    expect(() => read('notion: { token: "${T}" }\n', { T: token })).toThrow(
      new SettingsError(`settings.yaml:3: notion.token ${rule}, but is text of another kind.`),
    )
    expect(() => read(`tunnel: { authtoken: ${JSON.stringify(token)} }\n`)).toThrow(
      new SettingsError(`settings.yaml:3: tunnel.authtoken ${rule}, but is text of another kind.`),
    )
    expect(() => read('', { NOTION_TOKEN: token })).toThrow(
      new SettingsError(`The environment variable NOTION_TOKEN ${rule}, but is text of another kind.`),
    )
    expect(() => read('tunnel: { provider: ngrok }\n', { NGROK_AUTHTOKEN: token })).toThrow(
      new SettingsError(`The environment variable NGROK_AUTHTOKEN ${rule}, but is text of another kind.`),
    )
  })

  test('is nobody’s concern where it is of a tunnel that is not wanted', () => {
    expect(load(MINIMAL, { NGROK_AUTHTOKEN: 'of another program' }).tokens.tunnel).toBeNull()
  })
})
