/**
 * The nevers between files, by dependency-cruiser. Takes the tree's folder as an argument, by default the project's.
 *
 * A cruise that saw nothing finds no violation. So every source file has to be among what was cruised, and a file with
 * imports has to have dependencies; else this check fails.
 */
import { readFileSync, readdirSync, existsSync } from 'node:fs'
import path from 'node:path'
import { cruise } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { existingFolders, sourceFiles } from './source-files.mjs'

const project = path.resolve(import.meta.dirname, '..')
const root = path.resolve(process.argv[2] ?? project)
const layers = JSON.parse(readFileSync(path.join(project, 'layers.json'), 'utf8'))

const CODE = /\.(ts|tsx|mjs|js|cjs)$/
const HAS_IMPORT = /^(?:import|export)\b[^'"]*\bfrom ['"]|^import ['"]/m

const cruiseTree = async (folders) => {
  const options = await extractOptions(path.join(project, '.dependency-cruiser.mjs'))
  const tsConfig = extractTsConfig(path.join(project, 'tsconfig.json'))
  const { output } = await cruise(folders, { ...options, outputType: undefined }, options.enhancedResolveOptions, {
    tsConfig,
  })
  return output
}

const unseen = (files, modules) => {
  const seen = new Map(modules.map((module) => [module.source, module]))
  if (files.length === 0) return [`No source file found in ${root}: there is nothing that these rules could hold for.`]
  return files.flatMap((file) => {
    const module = seen.get(file)
    if (module === undefined) return [`${file} was not cruised: dependency-cruiser does not see the whole tree.`]
    const isBlind = module.dependencies.length === 0 && HAS_IMPORT.test(readFileSync(path.join(root, file), 'utf8'))
    return isBlind ? [`${file} has imports, and dependency-cruiser saw none of them.`] : []
  })
}

const strangers = () => {
  const engine = path.join(root, 'electron/engine')
  if (!existsSync(engine)) return []
  return readdirSync(engine, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !layers.includes(entry.name))
    .map((entry) => `never-2-uphill: electron/engine/${entry.name}/ has no place in layers.json: give it one.`)
}

const described = ({ rule, from, to, cycle, via }) => {
  const way = (cycle ?? via)?.map((step) => step.name)
  return `${rule.name}: ${from} > ${way === undefined ? to : way.join(' > ')}`
}

process.chdir(root)
const folders = existingFolders(root)
const { modules, summary } =
  folders.length === 0
    ? { modules: [], summary: { violations: [], ruleSetUsed: { forbidden: [] } } }
    : await cruiseTree(folders)
const advice = summary.ruleSetUsed.forbidden
  .filter((rule) => summary.violations.some((violation) => violation.rule.name === rule.name))
  .map((rule) => `  ${rule.name}: ${rule.comment}`)
const problems = [
  ...unseen(
    sourceFiles(root).filter((file) => CODE.test(file)),
    modules,
  ),
  ...strangers(),
  ...summary.violations.map(described),
]
for (const line of [...problems, ...new Set(advice)]) console.log(line)
process.exitCode = problems.length === 0 ? 0 : 1
