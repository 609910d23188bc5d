import { expect, test } from 'vitest'
import { systemDisk } from '../../electron/engine/foundation/disk.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'

/** A disk whose flushes of the queue end when it is let go, and flushed at once until then. */
const stallingDisk = () => {
  const gone = Promise.withResolvers<undefined>()
  const state = { isStalled: false }
  const openFlusher: typeof systemDisk.openFlusher = (path) => {
    const flusher = systemDisk.openFlusher(path)
    return {
      ...flusher,
      flush: async () => {
        if (state.isStalled) await gone.promise
        await flusher.flush()
      },
    }
  }
  return { state, letGo: gone.resolve, disk: { ...systemDisk, openFlusher } }
}

test('a disk that does not answer is told, and holds up no end', async () => {
  const { state, letGo, disk } = stallingDisk()
  const running = await startRunningEngine({ seams: () => ({ disk }), clock: createFastClock(20) })
  const [id = ''] = running.workspace.pageIds(TASKS)
  await running.engine.whenIdle()
  state.isStalled = true
  const answer = running.send('page.created', id).catch(() => null)
  await until('the stalled disk is told', () =>
    running.engine.status().problems.some(({ code }) => code === 'disk-stalled'),
  )
  expect(running.engine.status().state).toBe('degraded')
  expect(await running.engine.stop()).toBe(false)
  expect(running.logged()).toContain('The disk does not answer')
  state.isStalled = false
  letGo(undefined)
  await answer
})
