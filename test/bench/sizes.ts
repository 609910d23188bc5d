import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { titleOf } from '../../electron/engine/cache/flat-record.ts'
import { pageFileName } from '../../electron/engine/cache/names.ts'
import { parseNotionId } from '../../shared/ids.ts'
import { notionPageSchema } from '../../shared/records.ts'
import type { BenchFolder } from './bench-folder.ts'
import { median, percentile } from './median.ts'
import { loopDelayMs, residentMb } from './observed.ts'
import { type Program, startProgram } from './programs.ts'
import { type BenchNotion, DATABASE, seededFolder, startBenchNotion } from './seeded-folder.ts'
import { editAndTell, steadyLoad } from './steady-load.ts'

const SMALL = 1_000
const LARGE = 100_000
const ROUNDS = 3
const EDITS = 40
/** Somebody edits a page here and there; a database file that is written meanwhile is written then, too. */
const BETWEEN_EDITS_MS = 250
const STARTS = 5
const LOAD_PER_SECOND = 200
const LOAD_MS = 30_000

/** The page's file: its title stays, and so does its name. */
const fileOf = ({ simulator }: BenchNotion, bench: BenchFolder, pageId: string): string => {
  const page = notionPageSchema.parse(simulator.workspace.page(pageId))
  return join(bench.cacheFolder, 'pages', DATABASE, pageFileName(titleOf(page), parseNotionId(pageId) ?? ''))
}

/** From the delivery to the page file in its place, flushed before. */
const editToFileMs = async (
  notion: BenchNotion,
  bench: BenchFolder,
  engine: Program,
  pageId: string,
): Promise<number> => {
  const file = fileOf(notion, bench, pageId)
  const startedAt = performance.now()
  const { eventId } = await editAndTell(notion, engine, pageId)
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes(eventId)) await delay(1)
  return performance.now() - startedAt
}

const measureEdits = async (notion: BenchNotion, bench: BenchFolder): Promise<readonly number[]> => {
  const engine = await bench.startEngine()
  try {
    const pages = notion.workspace.pageIds.slice(0, 10)
    for (const pageId of pages) await editToFileMs(notion, bench, engine, pageId)
    const times: number[] = []
    for (let edit = 0; edit < EDITS; edit += 1) {
      await delay(BETWEEN_EDITS_MS)
      times.push(await editToFileMs(notion, bench, engine, pages[edit % pages.length] ?? ''))
    }
    return times
  } finally {
    await engine.stop()
  }
}

const benchEdits = async (notion: BenchNotion, small: BenchFolder, large: BenchFolder): Promise<void> => {
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const few = await measureEdits(notion, small)
    const many = await measureEdits(notion, large)
    ratios.push(median(many) / median(few))
    console.log(
      `  edit to durable page file: ${SMALL} records ${median(few).toFixed(1)} ms, ${LARGE} ${median(many).toFixed(1)} ms`,
    )
  }
  console.log(`  ratio ${LARGE}/${SMALL}: median ${median(ratios).toFixed(2)} (aim: at most 1.5)`)
}

const benchStarts = async (bench: BenchFolder): Promise<void> => {
  const times: number[] = []
  const bare: number[] = []
  for (let start = 0; start < STARTS; start += 1) {
    const startedAt = performance.now()
    const engine = await bench.startEngine()
    times.push(performance.now() - startedAt)
    await engine.stop()
    const bareAt = performance.now()
    const program = await startProgram('./bare-server.ts')
    bare.push(performance.now() - bareAt)
    await program.stop()
  }
  console.log(
    `  from the program's start to ready with ${LARGE} records: median ${median(times).toFixed(0)} ms (aim: under 1000; a bare Fastify server: ${median(bare).toFixed(0)} ms)`,
  )
}

const benchLoop = async (notion: BenchNotion, bench: BenchFolder): Promise<void> => {
  const engine = await bench.startEngine()
  try {
    await loopDelayMs(engine)
    const { refused, answerMs } = await steadyLoad(notion, engine, LOAD_PER_SECOND, LOAD_MS)
    const underLoad = await loopDelayMs(engine)
    console.log(
      `  event loop at ${LOAD_PER_SECOND} events a second, a database file of ${LARGE} records written meanwhile: p99 ${underLoad.p99.toFixed(1)} ms, most ${underLoad.most.toFixed(0)} ms (aim: p99 under 50); answers p99 ${percentile(answerMs, 0.99).toFixed(1)} ms, ${refused} refused`,
    )
    console.log(`  resident: ${residentMb(engine).now.toFixed(0)} MiB`)
  } finally {
    await engine.stop()
  }
}

/** What 100,000 records cost: for one page, at the start, and for the event loop while their database file is written. */
export const benchSizes = async (): Promise<void> => {
  console.log(`${LARGE} records`)
  const notion = await startBenchNotion(2_000)
  try {
    const small = await seededFolder(notion, SMALL)
    const large = await seededFolder(notion, LARGE)
    try {
      await benchStarts(large)
      await benchEdits(notion, small, large)
      await benchLoop(notion, large)
      console.log('')
    } finally {
      small.remove()
      large.remove()
    }
  } finally {
    await notion.simulator.stop()
  }
}
