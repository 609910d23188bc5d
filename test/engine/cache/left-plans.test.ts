import { expect, test } from 'vitest'
import { newStage } from '../../support/cache-stage.ts'
import { idNumber, removeOf, writeOf } from '../../support/page-builders.ts'

const PLAN = idNumber(0xa)
const TWIN = idNumber(0xb)

test('a plan that a failed job left goes with the next change of its page', async () => {
  const stage = await newStage()
  const { applier } = stage.cache
  const left = (): readonly (string | null)[] => [1, 2, 3, 4].map((jobId) => applier.journaled(jobId)?.pageId ?? null)
  await stage.commits.run(() => {
    applier.journal(1, writeOf(PLAN, 'Plan'))
    applier.journal(2, writeOf(TWIN, 'Twin'))
  })
  await stage.carryOut(3, writeOf(PLAN, 'Launch'))
  expect(left()).toEqual([null, TWIN, null, null])
  await stage.commits.run(() => {
    applier.journal(1, writeOf(PLAN, 'Later', { revision: 2 }))
  })
  await stage.carryOut(4, removeOf(PLAN, 1))
  expect(left()).toEqual([null, TWIN, null, null])
})
