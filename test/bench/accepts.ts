import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoadResult, runLoad } from './load.ts'
import { median } from './median.ts'
import { BENCH_SOURCE, prepareRequests } from './prepared-requests.ts'
import { startProgram } from './programs.ts'

const SECRET = 'secret_benchbenchbenchbenchbench'
const CONNECTIONS = 32
const DURATION_MS = 3_000
const PAIRS = 5

/** Jobs stay in their quiet time: what is measured is accepting, not what follows. */
const settingsText = JSON.stringify({
  webhook: {
    secret: SECRET,
    listen: { port: 0 },
    databases: [BENCH_SOURCE],
    processing: { queue_size: 1_000_000 },
    debouncing: { page_updates: '1h' },
  },
  notion: { token: 'bench', base_url: 'http://127.0.0.1:9' },
  console: { port: 0 },
})

const measureEngine = async (requests: readonly Buffer[]): Promise<LoadResult> => {
  const folder = mkdtempSync(join(tmpdir(), 'blackcore-bench-'))
  try {
    writeFileSync(join(folder, 'settings.json'), settingsText)
    const args = ['--config', join(folder, 'settings.json'), '--data', join(folder, 'data')]
    const engine = await startProgram('../../electron/headless.ts', args)
    try {
      return await runLoad(new URL(String(engine.ready['webhook'])), requests, CONNECTIONS, DURATION_MS)
    } finally {
      await engine.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const measureBare = async (requests: readonly Buffer[]): Promise<LoadResult> => {
  const bare = await startProgram('./bare-server.ts')
  try {
    return await runLoad(new URL(String(bare.ready['webhook'])), requests, CONNECTIONS, DURATION_MS)
  } finally {
    await bare.stop()
  }
}

const show = (name: string, { perSecond, p50Ms, p99Ms, refused }: LoadResult): string =>
  `  ${name.padEnd(8)}${Math.round(perSecond).toString().padStart(7)} /s   p50 ${p50Ms.toFixed(2)} ms   p99 ${p99Ms.toFixed(2)} ms${refused > 0 ? `   ${refused} refused` : ''}`

/** Durable accepts against a bare Fastify POST: alternating pairs, the median of the ratios. */
export const benchAccepts = async (): Promise<void> => {
  console.log(`Durable accepts, ${CONNECTIONS} connections, ${PAIRS} alternating pairs of ${DURATION_MS / 1000} s`)
  const requests = prepareRequests(300_000, SECRET)
  const ratios: number[] = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const engine = await measureEngine(requests)
    const bare = await measureBare(requests)
    ratios.push(engine.perSecond / bare.perSecond)
    console.log(`${show('engine', engine)}\n${show('bare', bare)}`)
  }
  console.log(`  ratio engine/bare: median ${median(ratios).toFixed(3)} (aim: at least 0.25)\n`)
}
