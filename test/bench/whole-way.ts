import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchFolder, SECRET, untilProcessed } from './bench-folder.ts'
import { runLoad } from './load.ts'
import { median } from './median.ts'
import { prepareRequests } from './prepared-requests.ts'
import { startProgram } from './programs.ts'
import type { Workspace } from './workspace.ts'

const EVENTS = 2_000
const PAIRS = 5

const measureEngine = async (workspace: Workspace): Promise<number> => {
  const bench = benchFolder(
    workspace.url,
    { databases: [workspace.dataSourceId], debouncing: { page_updates: 0 } },
    { cache: { content: false } },
  )
  try {
    const engine = await bench.startEngine()
    try {
      const requests = prepareRequests(workspace.pageIds, SECRET, workspace)
      const startedAt = performance.now()
      await runLoad(new URL(String(engine.ready['webhook'])), requests, 32, 60_000)
      await untilProcessed(engine, EVENTS)
      return performance.now() - startedAt
    } finally {
      await engine.stop()
    }
  } finally {
    bench.remove()
  }
}

const measureBare = async (workspace: Workspace): Promise<number> => {
  const bench = benchFolder(workspace.url, {})
  try {
    const path = fileURLToPath(new URL('./bare-loop.ts', import.meta.url))
    const child = spawn(process.execPath, [path, workspace.url, join(bench.folder, 'pages')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.end(JSON.stringify(workspace.pageIds))
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    await once(child, 'close')
    return (JSON.parse(output.slice('ready '.length)) as { tookMs: number }).tookMs
  } finally {
    bench.remove()
  }
}

/** From the first delivery to the last page file, against a bare fetch-and-atomic-write loop over the same pages. */
export const benchWholeWay = async (): Promise<void> => {
  console.log(`${EVENTS} events for different pages to the end, ${PAIRS} alternating pairs`)
  const simulator = await startProgram('./simulator-program.ts', [String(EVENTS)])
  try {
    const workspace = simulator.ready as unknown as Workspace
    const ratios: number[] = []
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const engineMs = await measureEngine(workspace)
      const bareMs = await measureBare(workspace)
      ratios.push(engineMs / bareMs)
      console.log(`  engine ${Math.round(engineMs)} ms   bare loop ${Math.round(bareMs)} ms`)
    }
    console.log(`  ratio engine/bare loop: median ${median(ratios).toFixed(2)} (aim: at most 1.5)\n`)
  } finally {
    await simulator.stop()
  }
}
