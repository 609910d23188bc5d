/**
 * Everything that can be said about the code without running it. Prints one line a tool, and the words of those that
 * failed. With names as arguments (`npm run check -- lint layers`) only those.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** By their duration, the longest first: that fills both lanes. */
const TOOLS = {
  types: ['node_modules/typescript/bin/tsc', '--project', '.', '--pretty', 'false'],
  lint: ['node_modules/oxlint/bin/oxlint', '.'],
  house: ['node_modules/eslint/bin/eslint.js', '.'],
  unused: ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints'],
  layers: ['scripts/check-layers.mjs'],
  format: ['node_modules/@biomejs/biome/bin/biome', 'format', '.'],
  tree: ['scripts/check-tree.mjs'],
}

/** One for each core of a small machine; more tools at a time would only take each other's. */
const LANES = 2

/** Runs one tool to its end. Gives its exit code and everything it printed. */
const runTool = (args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString().trim() }))
  })

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(TOOLS, name))
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${Object.keys(TOOLS).join(', ')}.`)
  process.exit(2)
}

const waiting = Object.entries(TOOLS).filter(([name]) => names.length === 0 || names.includes(name))
const failed = []

const lane = async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, args] = next
    const startedAtMs = performance.now()
    const { code, output } = await runTool(args)
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(6)}  ${seconds.padStart(5)} s`)
    if (code !== 0) failed.push({ name, output })
  }
}

await Promise.all(Array.from({ length: LANES }, lane))
for (const { name, output } of failed) console.log(`\n--- ${name} ---\n${output}`)
process.exitCode = failed.length === 0 ? 0 : 1
