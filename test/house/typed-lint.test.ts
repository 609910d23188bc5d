import { afterAll, expect, test } from 'vitest'
import { copyTree } from './copied-tree.ts'

const tree = copyTree(['shared', 'package.json', 'tsconfig.json', '.oxlintrc.json'])

afterAll(() => {
  tree.remove()
})

const PLANTED = `
const promised = async (): Promise<number> => 1
export const floating = (): void => {
  promised()
}
export const needless = (text: string): boolean => text !== null
export const parsed = (text: string): string => JSON.parse(text).name
`

test('the linter knows the types: what only they show is refused, and what is sound passes in silence', async () => {
  const lint = () => tree.run('node_modules/oxlint/bin/oxlint', '--format', 'unix', 'shared')
  expect((await lint()).code).toBe(0)
  tree.plant('shared/planted.ts', PLANTED)
  const { code, output } = await lint()
  expect(code).toBe(1)
  for (const rule of ['no-floating-promises', 'no-unnecessary-condition', 'no-unsafe-member-access']) {
    expect(output).toContain(`typescript(${rule})`)
  }
})
