import { join } from 'node:path'
import { startVitest } from 'vitest/node'
import type { Reporter } from 'vitest/node'
import { PROJECT_FOLDER } from '../support/program-run.ts'

/** The longest first: that fills both lanes. Arguments choose among them by parts of their paths. */
const FILES = [
  'test/faults/failing-effects.test.ts',
  'test/faults/mutated-requests.test.ts',
  'test/faults/killed-at-each-step.test.ts',
  'test/flow/killed.test.ts',
  'test/faults/flood.test.ts',
  'test/faults/unsteady-deliveries.test.ts',
]

const startedAt = performance.now()

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`

/** One line for a test that holds, with its figures; what broke, with its reason, for one that does not. */
const reporter: Reporter = {
  onUserConsoleLog: ({ content, type }) => {
    if (type === 'stdout') process.stdout.write(`ok    ${content}`)
    else process.stderr.write(content)
  },
  onTestCaseResult: (testCase) => {
    const result = testCase.result()
    if (result.state === 'passed') return
    const reasons = (result.errors ?? []).map(({ message, stack }) => `      ${message}\n${stack ?? ''}`)
    process.stdout.write(`FAIL  ${testCase.name}\n${reasons.join('\n')}\n`)
  },
  onTestRunEnd: (modules, unhandled) => {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const held = tests.filter((testCase) => testCase.ok() && testCase.result().state === 'passed').length
    for (const module of modules) for (const error of module.errors()) process.stdout.write(`FAIL  ${error.message}\n`)
    for (const error of unhandled) process.stdout.write(`FAIL  ${error.message}\n`)
    const isWhole = held === tests.length && held >= chosen.length && unhandled.length === 0
    process.stdout.write(`${held} of ${tests.length} promises held, ${seconds(performance.now() - startedAt)}\n`)
    if (!isWhole) process.exitCode = 1
  },
}

const wanted = process.argv.slice(2)
const chosen = FILES.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))

if (chosen.length === 0) {
  process.stderr.write(`No such soak: ${wanted.join(', ')}. There are: ${FILES.join(', ')}.\n`)
  process.exitCode = 2
} else {
  process.env['FIGURES'] = 'full'
  const vitest = await startVitest('test', chosen, {
    root: PROJECT_FOLDER,
    config: join(PROJECT_FOLDER, 'vitest.config.ts'),
    watch: false,
    reporters: [reporter],
  })
  await vitest.close()
}
