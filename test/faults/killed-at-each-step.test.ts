import { expect, test } from 'vitest'
import { announcedEffects, effectsText } from '../support/announced-effects.ts'
import { unflushedDisk } from '../support/breaking-disk.ts'
import { figure, tell } from '../support/figures.ts'
import { type CountedProcess, startCountedProcess } from './counted-process.ts'
import { type FaultStage, openFaultStage } from './fault-stage.ts'
import { expectNewest, expectNoOrphan, expectNoTornFile, expectTrueRecords } from './promises.ts'
import type { Step } from './scenario.ts'

const LEAST_STEPS = figure(80, 260)

/** Plays the scenario until the process is killed; gives what is left of it, or the effects where it came to the end. */
const playOn = async (
  stage: FaultStage,
  process: CountedProcess,
  killAt: number,
): Promise<{ readonly left: readonly Step[] } | { readonly effects: readonly string[] }> => {
  const { settingsFile, dataFolder, scenario, notion } = stage
  const steps = [...scenario.steps]
  const begun = await process.ask({ kind: 'begin', settingsFile, dataFolder, killAt }, 'begun')
  if (begun === null) return { left: steps }
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    notion.happen(step)
    await notion.deliverTo(begun.webhookUrl)
    if ((await process.ask({ kind: 'rest' }, 'resting')) === null) return { left: steps }
  }
  const stopped = await process.ask({ kind: 'stop' }, 'stopped')
  return stopped === null ? { left: [] } : { effects: stopped.effects }
}

/** A clean engine on the folders that the killed one left: first without a word from Notion, then to the scenario's end. */
const takeUp = async (stage: FaultStage, left: readonly Step[], when: string): Promise<void> => {
  const { cacheFolder, scenario, notion, simulator } = stage
  expectNoTornFile(stage, when)
  const seams = announcedEffects({ disk: unflushedDisk, cacheFolder, before: () => undefined, withReads: false })
  const engine = await stage.start(seams)
  await engine.whenIdle()
  expectNoOrphan(stage, when)
  expectNewest(stage, simulator.workspace, scenario.pageIds().filter(notion.isAcknowledged), when)
  expect(await notion.deliverTo(engine.webhookUrl), when).toBe(0)
  for (const step of left) {
    notion.happen(step)
    expect(await notion.deliverTo(engine.webhookUrl), when).toBe(0)
    await engine.whenIdle()
  }
  await engine.whenIdle()
  expect(engine.status(), when).toMatchObject({ state: 'healthy', problems: [] })
  await engine.stop()
}

const expectEnd = (stage: FaultStage, when: string): void => {
  const { scenario, simulator } = stage
  expectNoTornFile(stage, when)
  expectNoOrphan(stage, when)
  expectTrueRecords(stage, simulator.workspace, when)
  expectNewest(stage, simulator.workspace, scenario.pageIds(), when)
}

test(
  'an engine that is killed at any step from the start to the last database file loses nothing that it acknowledged',
  async () => {
    let next = startCountedProcess()
    for (let killAt = 1; ; killAt += 1) {
      const process = next
      next = startCountedProcess()
      const stage = await openFaultStage()
      const end = await playOn(stage, process, killAt)
      const when = `killed before effect ${killAt}`
      if ('effects' in end) {
        expectEnd(stage, 'not killed')
        expect(await process.killed).toBe(false)
        expect(end.effects.length).toBeGreaterThanOrEqual(LEAST_STEPS)
        tell(`Killed at each of ${killAt - 1} steps, nothing lost: ${effectsText(end.effects)}`)
        return
      }
      expect(await process.killed, when).toBe(true)
      await takeUp(stage, end.left, when)
      expectEnd(stage, when)
      await stage.end()
    }
  },
  figure(120_000, 600_000),
)
