import { benchAccepts } from './accepts.ts'
import { benchBullmq } from './bullmq.ts'
import { benchMemory } from './memory.ts'
import { benchSizes } from './sizes.ts'
import { benchSpecifiedRate } from './specified-rate.ts'
import { benchWholeWay } from './whole-way.ts'

/** The measured figures, all or those that are named. Ratios within one run count; absolute numbers are the machine's. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  accepts: benchAccepts,
  bullmq: benchBullmq,
  'specified-rate': benchSpecifiedRate,
  'whole-way': benchWholeWay,
  sizes: benchSizes,
  memory: benchMemory,
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(BENCHES, name))
if (unknown === undefined) {
  for (const [name, run] of Object.entries(BENCHES)) if (asked.length === 0 || asked.includes(name)) await run()
} else {
  console.error(`There is no bench ${unknown}. There are: ${Object.keys(BENCHES).join(', ')}.`)
  process.exitCode = 2
}
