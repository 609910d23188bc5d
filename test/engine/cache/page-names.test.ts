import { expect, test } from 'vitest'
import { createPageNames } from '../../../electron/engine/cache/page-names.ts'
import { newStage } from '../../support/cache-stage.ts'
import { idNumber, PEOPLE, TASKS, writeOf } from '../../support/page-builders.ts'

/** Two pages whose ids end alike: the short name of a title can be only one's. */
const ONE = idNumber(0x1_ab12_cd34)
const OTHER = idNumber(0x2_ab12_cd34)

const pageNames = async () => {
  const stage = await newStage()
  return { ...stage, names: createPageNames(stage.database) }
}

test('a page gets the short name', async () => {
  const { names } = await pageNames()
  expect(names.claim(TASKS, 'Plan', ONE)).toBe('Plan (ab12cd34).json')
  expect(names.claimed(TASKS, 'Plan', ONE)).toBe('Plan (ab12cd34).json')
})

test.each(['Plan', 'PLAN', 'plan'])(
  'where the short name is another page’s, %s gets the one with all digits',
  async (title) => {
    const { names } = await pageNames()
    names.claim(TASKS, 'Plan', ONE)
    expect(names.claim(TASKS, title, OTHER)).toBe(`${title} (${OTHER}).json`)
    expect(names.claimed(TASKS, title, OTHER)).toBe(`${title} (${OTHER}).json`)
    expect(names.claimed(TASKS, 'Plan', ONE)).toBe('Plan (ab12cd34).json')
  },
)

test('in another database the short name is free', async () => {
  const { names } = await pageNames()
  names.claim(TASKS, 'Plan', ONE)
  expect(names.claim(PEOPLE, 'Plan', OTHER)).toBe('Plan (ab12cd34).json')
})

test('a claim is stored, and asked for again gives the same name', async () => {
  const { names, database } = await pageNames()
  names.claim(TASKS, 'Plan', ONE)
  const later = createPageNames(database)
  expect(later.claim(TASKS, 'Plan', ONE)).toBe('Plan (ab12cd34).json')
  expect(later.claim(TASKS, 'Plan', OTHER)).toBe(`Plan (${OTHER}).json`)
})

test('what was claimed stays what it was when the other page gives its name up meanwhile', async () => {
  const { names } = await pageNames()
  names.claim(TASKS, 'Plan', ONE)
  names.claim(TASKS, 'Plan', OTHER)
  names.release(ONE, null)
  expect(names.claimed(TASKS, 'Plan', OTHER)).toBe(`Plan (${OTHER}).json`)
  expect(names.claim(TASKS, 'Plan', OTHER)).toBe('Plan (ab12cd34).json')
})

test('every file that may exist of a page is known: other titles, other spellings, other databases', async () => {
  const { names } = await pageNames()
  for (const title of ['Plan', 'PLAN', 'Launch']) names.claim(TASKS, title, ONE)
  names.claim(PEOPLE, 'Plan', ONE)
  names.claim(TASKS, 'Someone else', OTHER)
  expect(
    names
      .of(ONE)
      .map((it) => `${it.databaseId === TASKS ? 'Tasks' : 'People'} ${it.name}`)
      .toSorted(),
  ).toEqual([
    'People Plan (ab12cd34).json',
    'Tasks Launch (ab12cd34).json',
    'Tasks PLAN (ab12cd34).json',
    'Tasks Plan (ab12cd34).json',
  ])
})

test('a page gives up all names but the one that it keeps, and nobody else’s', async () => {
  const { names } = await pageNames()
  for (const title of ['Plan', 'PLAN', 'Launch']) names.claim(TASKS, title, ONE)
  names.claim(PEOPLE, 'PLAN', ONE)
  names.claim(TASKS, 'Someone else', OTHER)
  names.release(ONE, { databaseId: TASKS, name: 'PLAN (ab12cd34).json' })
  expect(names.of(ONE)).toEqual([{ databaseId: TASKS, name: 'PLAN (ab12cd34).json' }])
  names.release(ONE, null)
  expect(names.of(ONE)).toEqual([])
  expect(names.of(OTHER)).toHaveLength(1)
})

test('in the trash a file keeps its name, unless another page’s lies there under it', async () => {
  const { names, carryOut, cache } = await pageNames()
  await carryOut(writeOf(ONE, 'Plan'))
  await carryOut(writeOf(OTHER, 'Plan', { databaseId: PEOPLE }))
  const trashNames = () => [ONE, OTHER].map((id) => cache.records.record(id)?.trashName)
  names.claimTrash(ONE, 'Plan (ab12cd34).json')
  // Before the first has arrived there: two that are removed at the same moment must not meet.
  names.claimTrash(OTHER, 'PLAN (ab12cd34).json')
  expect(trashNames()).toEqual(['Plan (ab12cd34).json', `PLAN (${OTHER}).json`])
  names.claimTrash(ONE, 'Plan (ab12cd34).json')
  names.claimTrash(OTHER, 'Other (ab12cd34).json')
  expect(trashNames()).toEqual(['Plan (ab12cd34).json', 'Other (ab12cd34).json'])
})
