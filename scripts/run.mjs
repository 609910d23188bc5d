/**
 * Runs the project's programs and tools on any Node from 20 on: `node scripts/run.mjs <what> [arguments]`.
 * Installs what is missing, then hands over to the Node of the project. Exit code and signals pass through, and
 * standard output is the program's alone.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ensureInstalled } from './installed.mjs'

const root = path.resolve(import.meta.dirname, '..')
const inProject = (file) => path.join(root, file)
const starter = process.ppid
const isWindows = process.platform === 'win32'
const projectNode = inProject(isWindows ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node')

/**
 * For a program that runs all day: Node lets garbage pile up to what the machine could bear, many times of what is in
 * use. Small generations keep the memory flat, and cost a few hundredths of the speed.
 */
const engineFlags = JSON.parse(readFileSync(inProject('scripts/engine-flags.json'), 'utf8'))

const PROGRAMS = {
  headless: [...engineFlags, inProject('electron/headless.ts')],
  demo: [...engineFlags, inProject('electron/demo.ts')],
  simulate: [inProject('electron/simulate.ts')],
  bench: [inProject('test/bench/run.ts')],
  soak: [inProject('test/soak/run.ts')],
  test: [inProject('node_modules/vitest/vitest.mjs'), 'run', '--root', root],
  check: [inProject('scripts/check.mjs')],
}

/** One Ctrl-C arrives here from the terminal and once more from npm: what comes this close together is one. */
const SAME_SIGNAL_MS = 250

const STARTER_CHECK_MS = 200

/**
 * npm hands a signal to its shell, and the shell dies of it without a word to this process.
 * Calls back when that has happened; gives a function that stops the watch.
 */
const watchStarter = (call) => {
  const isUnderNpm = process.env.npm_lifecycle_event !== undefined && !isWindows
  const timer = setInterval(() => {
    if (isUnderNpm && process.ppid !== starter) call()
  }, STARTER_CHECK_MS)
  return () => clearInterval(timer)
}

/** Hands signals on to the child, each once. Gives a function that lets signals end this process again. */
const forwardSignals = (child) => {
  const lastMs = new Map()
  const forward = (signal) => {
    const nowMs = performance.now()
    const isRepeated = nowMs - (lastMs.get(signal) ?? -Infinity) < SAME_SIGNAL_MS
    lastMs.set(signal, nowMs)
    // On Windows a console gives Ctrl-C to every program in it, and a signal that is sent would end the child at once.
    if (!isRepeated && !(isWindows && signal === 'SIGINT')) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  const stopWatching = watchStarter(() => {
    stopWatching()
    forward('SIGTERM')
  })
  return () => {
    stopWatching()
    for (const signal of signals) process.off(signal, forward)
  }
}

const handOver = (fixed, args) => {
  const preload = new URL('end-with-parent.mjs', import.meta.url).href
  const child = spawn(projectNode, ['--import', preload, ...fixed, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // A process group of its own: a terminal's Ctrl-C reaches the child through this process, and only once.
    detached: !isWindows,
    env: {
      ...process.env,
      RUN_PARENT: String(process.pid),
      NODE_COMPILE_CACHE: inProject('node_modules/.cache/compile'),
    },
  })
  const stopForwarding = forwardSignals(child)
  child.on('error', (error) => {
    stopForwarding()
    console.error(`${projectNode} could not be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    stopForwarding()
    if (signal === null) process.exitCode = code
    else process.kill(process.pid, signal)
  })
}

const [what = '', ...args] = process.argv.slice(2)
if (Object.hasOwn(PROGRAMS, what)) {
  const problem = ensureInstalled(root, projectNode)
  if (problem === undefined) {
    handOver(PROGRAMS[what], args)
  } else {
    console.error(problem)
    process.exitCode = 1
  }
} else {
  console.error(`Usage: node scripts/run.mjs ${Object.keys(PROGRAMS).join('|')} [arguments]`)
  process.exitCode = 2
}
