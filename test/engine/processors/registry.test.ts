import { expect, test } from 'vitest'
import { answerTo } from '../../../electron/engine/processors/registry.ts'
import { EVENT_TYPES } from '../../../shared/events.ts'

const FOLLOWED = ['page', 'database', 'data_source']

test.each(EVENT_TYPES)('%s leads to the processor of what it is about, or is ignored with a reason', (type) => {
  const [about = ''] = type.split('.', 1)
  const answer = answerTo(type)
  if (FOLLOWED.includes(about)) expect(answer).toMatchObject({ processor: about })
  else expect(answer).toEqual({ ignored: expect.stringMatching(/ are not followed$/) })
})

test('Only a changed schema is followed although its type may not be selected', () => {
  const always = EVENT_TYPES.filter((type) => {
    const answer = answerTo(type)
    return 'processor' in answer && answer.isSchemaChange === true
  })
  expect(always).toEqual(['database.schema_updated', 'data_source.schema_updated'])
})
