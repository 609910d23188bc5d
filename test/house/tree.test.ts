import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyTree, type ToolResult } from './copied-tree.ts'

const tree = copyTree(['shared', 'scripts'])
let clean: ToolResult
let broken: ToolResult

/** Either linter's, and each spelling is held to its reason. */
const [EXCEPTION, HOUSE_EXCEPTION] = ['oxlint', 'eslint'].map((linter) => `// ${linter}-disable-next-line`) as [
  string,
  string,
]

beforeAll(async () => {
  clean = await tree.run('scripts/check-tree.mjs')
  tree.plant('shared/long.ts', 'export {}\n'.repeat(300))
  tree.plant('shared/index.ts', 'export {}')
  tree.plant('shared/utils/text.ts', 'export {}')
  tree.plant('shared/queue-manager.ts', 'export {}')
  tree.plant('shared/EventKinds.ts', 'export {}')
  tree.plant('shared/without-reason.ts', `${EXCEPTION} eqeqeq`)
  tree.plant('shared/without-rule.ts', `${EXCEPTION} -- because`)
  tree.plant('shared/without-the-house.ts', `${HOUSE_EXCEPTION} house/never-5-clock -- because`)
  tree.plant('shared/with-reason.ts', `${EXCEPTION} eqeqeq -- null and undefined are one here`)
  broken = await tree.run('scripts/check-tree.mjs')
})

afterAll(() => {
  tree.remove()
})

test('files that keep the rules pass in silence', () => {
  expect(clean).toEqual({ code: 0, output: '' })
})

test.each([
  ['shared/long.ts: 301 lines'],
  ['shared/index.ts: no barrels'],
  ['shared/utils/text.ts: "utils" says nothing'],
  ['shared/queue-manager.ts: "manager" says nothing'],
  ['shared/EventKinds.ts: "EventKinds.ts" is not in kebab-case'],
  ['shared/without-reason.ts: an exception has its reason'],
  ['shared/without-rule.ts: an exception names its rules'],
  ['shared/without-the-house.ts: no exception from the rules of the house'],
])('%s: said by name', (problem) => {
  expect(broken.output.split('\n').filter((line) => line.startsWith(problem))).toHaveLength(1)
})

test('an exception with a reason is let through, and nothing else is said', () => {
  expect(broken.code).toBe(1)
  expect(broken.output).not.toContain('with-reason')
  expect(broken.output.trim().split('\n')).toHaveLength(8)
})
