import { benchFolder, untilProcessed } from './bench-folder.ts'
import { percentile } from './median.ts'
import { residentMb } from './observed.ts'
import { startBenchNotion } from './seeded-folder.ts'
import { steadyLoad } from './steady-load.ts'

const PER_MINUTE = 1_000
const MINUTES = 3

/** The specification's load: 1,000 events a minute for 3 minutes. */
export const benchSpecifiedRate = async (): Promise<void> => {
  console.log(`${PER_MINUTE} events a minute for ${MINUTES} minutes`)
  const notion = await startBenchNotion(500)
  const webhook = { databases: [notion.workspace.dataSourceId], debouncing: { page_updates: 0 } }
  const bench = benchFolder(notion.workspace.url, webhook)
  try {
    const engine = await bench.startEngine()
    const memory: number[] = []
    const { sent, refused, answerMs } = await steadyLoad(
      notion,
      engine,
      PER_MINUTE / 60,
      MINUTES * 60_000,
      (second) => {
        if (second % 30 === 0) memory.push(residentMb(engine).now)
      },
    )
    await untilProcessed(engine, sent)
    memory.push(residentMb(engine).now)
    console.log(`  ${sent} sent, ${refused} refused, all processed`)
    console.log(
      `  answers: p50 ${percentile(answerMs, 0.5).toFixed(1)} ms, p99 ${percentile(answerMs, 0.99).toFixed(1)} ms (aim: p99 under 15)`,
    )
    console.log(`  resident every 30 s: ${memory.map((mb) => mb.toFixed(0)).join(', ')} MiB (aim: flat)\n`)
    await engine.stop()
  } finally {
    bench.remove()
    await notion.simulator.stop()
  }
}
