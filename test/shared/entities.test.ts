import { expect, test } from 'vitest'
import { entityKey, parseEntityKey } from '../../shared/entities.ts'

const ID = '153104cd477e809d8dc4ff2d96ae3090'

test.each(['page', 'database', 'data_source', 'title'] as const)('a %s reads back from its key', (kind) => {
  expect(entityKey({ kind, id: ID })).toBe(`${kind}:${ID}`)
  expect(parseEntityKey(`${kind}:${ID}`)).toEqual({ kind, id: ID })
})

test.each(['', 'page', 'page:', `block:${ID}`, `:${ID}`, 'title:153104cd'])('%j is the key of nothing', (key) => {
  expect(() => parseEntityKey(key)).toThrow(`No entity: ${key}`)
})
