import { createLog, readTextNow, startEngine } from '../../electron/engine/engine.ts'
import { loadSettings } from '../../electron/engine/settings/load.ts'
import { announcedEffects } from '../support/announced-effects.ts'
import { unflushedDisk } from '../support/breaking-disk.ts'
import { redactorOf } from '../support/redactor-of.ts'
import type { FromEngine, ToEngine } from './engine-messages.ts'

/**
 * A program: an engine that its parent starts, asks whether it is idle and stops, and that kills itself before its n-th
 * effect. It is flushed by nobody: the process ends, the machine never does.
 */
const effects: string[] = []

const say = (message: FromEngine): void => {
  process.send?.(message)
}

const quiet = createLog(() => undefined, redactorOf(), 'warn')

const begin = async ({ settingsFile, dataFolder, killAt }: Extract<ToEngine, { kind: 'begin' }>) => {
  const loaded = loadSettings({ file: settingsFile, cwd: dataFolder, environment: {}, readText: readTextNow })
  const before = (effect: string): void => {
    effects.push(effect)
    if (effects.length === killAt) process.kill(process.pid, 'SIGKILL')
  }
  const cacheFolder = loaded.settings.cache.folder
  const seams = announcedEffects({ disk: unflushedDisk, cacheFolder, before, withReads: false })
  return startEngine({ loaded, dataFolder, log: quiet, seams })
}

let engine: Awaited<ReturnType<typeof begin>> | null = null

const obey = async (message: ToEngine): Promise<void> => {
  switch (message.kind) {
    case 'begin':
      engine = await begin(message)
      say({ kind: 'begun', webhookUrl: engine.webhookUrl, effects: effects.length })
      return
    case 'rest':
      await engine?.whenIdle()
      say({ kind: 'resting' })
      return
    case 'stop':
      await engine?.stop()
      say({ kind: 'stopped', effects })
      process.disconnect()
  }
}

process.on('message', (message) => {
  obey(message as ToEngine).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`)
    process.exit(1)
  })
})
