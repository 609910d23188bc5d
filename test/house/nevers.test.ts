import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type CopiedTree, copyTree, emptyFolder, type ToolResult } from './copied-tree.ts'
import { type Plant, plantsFor, SHELL_FILE } from './plants.ts'

const LAYERS_CHECK = 'scripts/check-layers.mjs'

const reportSchema = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(z.object({ ruleId: z.string().nullable(), line: z.int().default(0), message: z.string() })),
  }),
)

/** Each report as `rule: file:line`, as it is expected; parse errors have no rule, and would hide everything else. */
const lintReports = (tree: CopiedTree, { output }: ToolResult): readonly string[] =>
  reportSchema
    .parse(JSON.parse(output))
    .flatMap(({ filePath, messages }) =>
      messages
        .filter(({ ruleId }) => ruleId === null || ruleId.startsWith('house/'))
        .map(({ ruleId, line, message }) => `${ruleId ?? message}: ${filePath.slice(tree.root.length + 1)}:${line}`),
    )

const lint = async (tree: CopiedTree): Promise<ToolResult> =>
  tree.run('node_modules/eslint/bin/eslint.js', '--format', 'json', 'electron', 'shared', 'renderer')

describe('each never is enforced under its own name', () => {
  const tree = copyTree()
  const { betweenFiles, cycle, outOfReach, inside } = plantsFor(tree)
  const places = new Map<string, string>()
  const plantAll = (plants: readonly Plant[]) => {
    for (const { file, text } of plants) places.set(`${file} ${text}`, `${file}:${tree.plant(file, text)}`)
  }
  let cleanLayers: ToolResult
  let wayReports: readonly string[]
  let layerReports: readonly string[]
  let houseReports: readonly string[]

  beforeAll(async () => {
    cleanLayers = await tree.run(LAYERS_CHECK)
    // What is told by its way through several files comes first, before other plants open further ways.
    tree.plant(SHELL_FILE, "import type { app } from 'electron/main'")
    plantAll([...cycle, ...outOfReach])
    wayReports = (await tree.run(LAYERS_CHECK)).output.split('\n')

    plantAll([...betweenFiles, ...inside])
    tree.plant('electron/engine/stranger/planted.ts', 'export {}')
    if (!tree.has('renderer/tsconfig.json')) {
      tree.plant('renderer/tsconfig.json', JSON.stringify({ extends: '../tsconfig.json', include: ['.'] }))
    }
    const [layers, linted] = await Promise.all([tree.run(LAYERS_CHECK), lint(tree)])
    layerReports = layers.output.split('\n')
    houseReports = lintReports(tree, linted)
  }, 120_000)

  afterAll(() => {
    tree.remove()
  })

  test('the tree as it is breaks no rule between files', () => {
    expect(cleanLayers).toEqual({ code: 0, output: '' })
  })

  for (const { rule, file, text } of betweenFiles) {
    test(`${rule} is reported for ${file}: ${text}`, () => {
      expect(layerReports.filter((line) => line.startsWith(`${rule}: ${file} > `))).not.toEqual([])
    })
  }

  for (const { rule, file } of outOfReach) {
    test(`${rule} is reported for ${file}, with the way to Electron`, () => {
      const ways = wayReports.filter((line) => line.startsWith(`${rule}: ${file} > `))
      expect(ways.map((way) => way.endsWith(` > ${SHELL_FILE} > electron/main`))).toEqual([true])
    })
  }

  test('never-2-no-cycles is reported once for two files that import each other', () => {
    const [one = '', other = ''] = cycle.map((plant) => plant.file)
    const reported = wayReports.filter((line) => line.startsWith('never-2-no-cycles: '))
    expect(reported).toHaveLength(1)
    expect(
      [
        [one, other, one],
        [other, one, other],
      ].map((files) => files.join(' > ')),
    ).toContain(reported[0]?.replace('never-2-no-cycles: ', ''))
  })

  test('never-2-uphill is reported for a folder of the engine that layers.json does not know', () => {
    expect(layerReports.filter((line) => line.startsWith('never-2-uphill: electron/engine/stranger/ '))).toHaveLength(1)
  })

  for (const { rule, file, text } of inside) {
    test(`${rule} is reported for ${file}: ${text}`, () => {
      expect(houseReports).toContain(`${rule}: ${places.get(`${file} ${text}`) ?? 'not planted'}`)
    })
  }

  test('the tree as it is breaks no rule inside a file', () => {
    const planted = new Set(places.values())
    expect(houseReports.filter((report) => !planted.has(report.slice(report.indexOf(': ') + 2)))).toEqual([])
  })
})

describe('a layers check that sees nothing fails', () => {
  const small = ['shared', 'scripts', 'layers.json', 'tsconfig.json', '.dependency-cruiser.mjs']
  const tree = copyTree(small)
  const nowhere = emptyFolder()
  afterAll(() => {
    tree.remove()
    rmSync(nowhere, { recursive: true })
  })

  test('an empty folder has no layers', async () => {
    const { code, output } = await tree.run(LAYERS_CHECK, nowhere)
    expect(code).toBe(1)
    expect(output).toContain('No source file found')
  })

  test('a file that the cruise left out is named', async () => {
    tree.replace('.dependency-cruiser.mjs', 'options: {', "options: { exclude: { path: '^shared/events' },")
    const { code, output } = await tree.run(LAYERS_CHECK)
    expect(code).toBe(1)
    expect(output).toContain('shared/events.ts was not cruised')
  })

  test('a file whose imports the cruise did not see is named', async () => {
    tree.replace('.dependency-cruiser.mjs', 'options: {', "options: { moduleSystems: ['amd'],")
    const { code, output } = await tree.run(LAYERS_CHECK)
    expect(code).toBe(1)
    expect(output).toContain('shared/status.ts has imports, and dependency-cruiser saw none of them')
  })
})
