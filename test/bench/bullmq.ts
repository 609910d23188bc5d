import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureAccepts, showLoad } from './accepts.ts'
import { SECRET } from './bench-folder.ts'
import { type LoadResult, runLoad } from './load.ts'
import { median } from './median.ts'
import { BENCH_PLACE, prepareRequests, randomIds } from './prepared-requests.ts'
import { startProgram } from './programs.ts'
import { isRedisInstalled, startRedis } from './redis.ts'

const CONNECTIONS = 32
const DURATION_MS = 3_000
const PAIRS = 5

const measureBullmq = async (requests: readonly Buffer[]): Promise<LoadResult> => {
  const folder = mkdtempSync(join(tmpdir(), 'blackcore-bench-'))
  const redis = await startRedis(folder)
  try {
    const server = await startProgram('./bullmq-server.ts', [String(redis.port)])
    try {
      return await runLoad(new URL(String(server.ready['webhook'])), requests, CONNECTIONS, DURATION_MS)
    } finally {
      await server.stop()
    }
  } finally {
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Durable accepts against Fastify with BullMQ on a Redis that flushes always: alternating pairs. */
export const benchBullmq = async (): Promise<void> => {
  if (!isRedisInstalled()) {
    console.log('Not measured beside BullMQ: redis-server is not installed\n')
    return
  }
  console.log(`Durable accepts beside BullMQ on Redis (appendfsync always), ${CONNECTIONS} connections, ${PAIRS} pairs`)
  const requests = prepareRequests(randomIds(200_000), SECRET, BENCH_PLACE)
  const ratios: number[] = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const engine = await measureAccepts(requests)
    const bullmq = await measureBullmq(requests)
    ratios.push(engine.perSecond / bullmq.perSecond)
    console.log(`${showLoad('engine', engine)}\n${showLoad('BullMQ', bullmq)}`)
  }
  console.log(`  ratio engine/BullMQ: median ${median(ratios).toFixed(2)} (aim: more than 1)\n`)
}
