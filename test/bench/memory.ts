import { setTimeout as delay } from 'node:timers/promises'
import { benchFolder, SECRET } from './bench-folder.ts'
import { runLoad } from './load.ts'
import { residentMb } from './observed.ts'
import { BENCH_PLACE, prepareRequests, randomIds } from './prepared-requests.ts'
import { seededFolder, startBenchNotion } from './seeded-folder.ts'

const RECORDS = 1_000
const IDLE_MS = 60_000
const WAITING = 100_000

const benchIdle = async (): Promise<void> => {
  const notion = await startBenchNotion(10)
  const bench = await seededFolder(notion, RECORDS)
  try {
    const engine = await bench.startEngine()
    await delay(IDLE_MS)
    console.log(
      `  idle, ${RECORDS} records, ${IDLE_MS / 1000} s after the start: ${residentMb(engine).now.toFixed(0)} MiB (aim: under 120)`,
    )
    await engine.stop()
  } finally {
    bench.remove()
    await notion.simulator.stop()
  }
}

const benchWaiting = async (): Promise<void> => {
  const bench = benchFolder('http://127.0.0.1:9', {
    databases: [BENCH_PLACE.dataSourceId],
    processing: { queue_size: 1_000_000 },
    debouncing: { page_updates: '1h' },
  })
  try {
    const engine = await bench.startEngine()
    const requests = prepareRequests(randomIds(WAITING), SECRET, BENCH_PLACE)
    const { refused } = await runLoad(new URL(String(engine.ready['webhook'])), requests, 32, 600_000)
    const { now, most } = residentMb(engine)
    console.log(
      `  ${WAITING} events waiting (${refused} refused): ${now.toFixed(0)} MiB, at most ${most.toFixed(0)} (aim: under 250)`,
    )
    await engine.stop()
  } finally {
    bench.remove()
  }
}

export const benchMemory = async (): Promise<void> => {
  console.log('Resident memory')
  await benchIdle()
  await benchWaiting()
  console.log('')
}
