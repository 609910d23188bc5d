import { benchFolder, SECRET } from './bench-folder.ts'
import { type LoadResult, runLoad } from './load.ts'
import { median } from './median.ts'
import { BENCH_PLACE, prepareRequests, randomIds } from './prepared-requests.ts'
import { startProgram } from './programs.ts'

const CONNECTIONS = 32
const DURATION_MS = 3_000
const PAIRS = 5

/** Jobs stay in their quiet time: what is measured is accepting, not what follows. */
const ACCEPT_ONLY = {
  databases: [BENCH_PLACE.dataSourceId],
  processing: { queue_size: 1_000_000 },
  debouncing: { page_updates: '1h' },
}

/** The engine under the load for some seconds. */
export const measureAccepts = async (requests: readonly Buffer[]): Promise<LoadResult> => {
  const bench = benchFolder('http://127.0.0.1:9', ACCEPT_ONLY)
  try {
    const engine = await bench.startEngine()
    try {
      return await runLoad(new URL(String(engine.ready['webhook'])), requests, CONNECTIONS, DURATION_MS)
    } finally {
      await engine.stop()
    }
  } finally {
    bench.remove()
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

export const showLoad = (name: string, { perSecond, p50Ms, p99Ms, refused }: LoadResult): string =>
  `  ${name.padEnd(8)}${Math.round(perSecond).toString().padStart(7)} /s   p50 ${p50Ms.toFixed(2)} ms   p99 ${p99Ms.toFixed(2)} ms${refused > 0 ? `   ${refused} refused` : ''}`

/** Durable accepts against a bare Fastify POST: alternating pairs, the median of the ratios. */
export const benchAccepts = async (): Promise<void> => {
  console.log(`Durable accepts, ${CONNECTIONS} connections, ${PAIRS} alternating pairs of ${DURATION_MS / 1000} s`)
  const requests = prepareRequests(randomIds(200_000), SECRET, BENCH_PLACE)
  const ratios: number[] = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const engine = await measureAccepts(requests)
    const bare = await measureBare(requests)
    ratios.push(engine.perSecond / bare.perSecond)
    console.log(`${showLoad('engine', engine)}\n${showLoad('bare', bare)}`)
  }
  console.log(`  ratio engine/bare: median ${median(ratios).toFixed(3)} (aim: at least 0.25)\n`)
}
