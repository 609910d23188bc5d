import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityKey, parseEntityKey } from '../../shared/entities.ts'
import { dashedId, lastEight, parseNotionId } from '../../shared/ids.ts'

test('an id is the same id with dashes and without, in upper and in lower case', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.boolean(), fc.boolean(), (uuid, isUpper, isDashed) => {
      const stored = uuid.replaceAll('-', '')
      const cased = isUpper ? uuid.toUpperCase() : uuid
      expect(parseNotionId(isDashed ? cased : cased.replaceAll('-', ''))).toBe(stored)
      expect(dashedId(stored)).toBe(uuid)
    }),
  )
})

test.each([
  '',
  'tasks',
  '153104cd477e809d8dc4ff2d96ae309',
  '153104cd477e809d8dc4ff2d96ae30900',
  'g53104cd477e809d8dc4ff2d96ae3090',
  ' 153104cd477e809d8dc4ff2d96ae3090',
  '153104cd477e809d8dc4ff2d96ae3090\n',
  '１53104cd477e809d8dc4ff2d96ae3090',
])('what is no UUID is no id: %j', (text) => {
  expect(parseNotionId(text)).toBeNull()
})

test('the last eight digits tell pages of one workspace apart', () => {
  expect(lastEight('153104cd477e809d8dc4ff2d96ae3090')).toBe('96ae3090')
})

test('an entity comes back from its key', () => {
  for (const kind of ['page', 'database', 'data_source'] as const) {
    const entity = { kind, id: '153104cd477e809d8dc4ff2d96ae3090' }
    expect(parseEntityKey(entityKey(entity))).toStrictEqual(entity)
  }
})

test.each(['', 'page', 'page:', 'page:tasks', 'user:153104cd477e809d8dc4ff2d96ae3090'])(
  'a key that names no entity is refused: %j',
  (key) => {
    expect(() => parseEntityKey(key)).toThrow(`No entity: ${key}`)
  },
)
