/**
 * The rules of files and their names, and of exceptions from other rules.
 * Takes the tree's folder as an argument, by default the project's.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sourceFiles } from './source-files.mjs'

const root = path.resolve(process.argv[2] ?? path.resolve(import.meta.dirname, '..'))

const LONGEST_LINES = 300
const TEXT = /\.(ts|tsx|mjs|js|cjs|css|html)$/
const KEBAB_CASE = /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/
const SAYS_NOTHING = new Set('util utils helper helpers common lib libs manager managers misc'.split(' '))
const BARREL = /^index\.[a-z]+$/

/** An exception names its rules and its reason; from the nevers there is none. */
const EXCEPTION = /(?:\/\/|\/\*)\s*(?:eslint|oxlint)-disable(?:-next-line|-line)?(?![\w-])(?<rest>[^\n]*)/g

const nameProblems = (file) =>
  file.split('/').flatMap((name) => {
    const words = name.split(/[-.]/)
    const empty = words.find((word) => SAYS_NOTHING.has(word))
    return [
      ...(empty === undefined ? [] : [`"${empty}" says nothing: name it for the one thing it holds`]),
      ...(KEBAB_CASE.test(name) ? [] : [`"${name}" is not in kebab-case: write lower-case words with dashes`]),
      ...(BARREL.test(name) && !name.endsWith('.html') ? ['no barrels: import from the file that has it'] : []),
    ]
  })

const exceptionProblems = (text) =>
  [...text.matchAll(EXCEPTION)].flatMap(({ groups: { rest } }) => {
    const [rules, reason] = rest.split(' -- ')
    if (/house\//.test(rules)) return ['no exception from the rules of the house: move the code to where it may stand']
    if (!/[a-z]/.test(rules)) return ['an exception names its rules: oxlint-disable-next-line some-rule -- the reason']
    return reason === undefined ? ['an exception has its reason: oxlint-disable-next-line some-rule -- the reason'] : []
  })

const lineProblems = (text) => {
  const lines = text.replace(/\n$/, '').split('\n').length
  return lines > LONGEST_LINES ? [`${lines} lines, ${LONGEST_LINES} is the wall: split it along its things`] : []
}

const contentProblems = (file) => {
  if (!TEXT.test(file)) return []
  const text = readFileSync(path.join(root, file), 'utf8')
  return [...lineProblems(text), ...exceptionProblems(text)]
}

const files = sourceFiles(root)
const problems = files.flatMap((file) =>
  [...nameProblems(file), ...contentProblems(file)].map((problem) => `${file}: ${problem}`),
)
if (files.length === 0) problems.push(`No source file found in ${root}.`)
for (const problem of problems) console.log(problem)
process.exitCode = problems.length === 0 ? 0 : 1
