import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Disk, systemDisk } from '../../electron/engine/foundation/disk.ts'
import {
  createPairing,
  type PairingChange,
  type Proof,
  type ProofResult,
} from '../../electron/engine/intake/pairing.ts'
import { openSecretStore, SECRETS_FILE } from '../../electron/engine/settings/secret-store.ts'
import { signBody } from '../../electron/simulator/deliveries.ts'
import { createBreakingDisk } from './breaking-disk.ts'
import { createManualClock } from './manual-clock.ts'
import { createRecordedLog } from './recorded-log.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const OWN_WORKSPACE = '0b8c4d56-1111-4a4a-8b8b-000000000001'

export const MINUTE_MS = 60_000

/** The nth verification token, in Notion's shape. */
export const tokenNumber = (n: number): string => `secret_${'Ab3'.repeat(14)}${n}`

let events = 0

/** The body of an event; each call makes another. */
export const anEvent = (): Buffer => {
  events += 1
  return Buffer.from(JSON.stringify({ id: `event-${events}`, type: 'page.created' }))
}

export const handshakeBody = (token: unknown): Buffer => Buffer.from(JSON.stringify({ verification_token: token }))

export interface StageOptions {
  /** Where secrets are kept; left out, an empty folder. */
  readonly folder?: string
  readonly disk?: Disk
  readonly workspaceId?: string | null
}

/**
 * A pairing on a real secrets file, with time that the test moves and a Notion that the test plays: it finds every event
 * good until told otherwise.
 */
export const createPairingStage = async (options: StageOptions = {}) => {
  const folder = options.folder ?? temporaryFolder()
  const moved = createManualClock()
  let sleptMs = 0
  /** A machine that slept: the time of day has gone on, and no timer with it. */
  const clock = { ...moved, now: () => moved.now() + sleptMs }
  const log = createRecordedLog()
  const changes: PairingChange[] = []
  const asked: Buffer[] = []
  const troubles: (string | null)[] = []
  let isDiskBroken = false
  let nextWrite: (() => void) | null = null
  let answer: Proof = () => Promise.resolve({ workspaceId: OWN_WORKSPACE })
  let nextAsked = Promise.withResolvers<undefined>()
  const disk = createBreakingDisk(options.disk ?? systemDisk, (call) => {
    if (call !== 'writePrivate') return
    if (isDiskBroken) throw new Error('no space left')
    const act = nextWrite
    nextWrite = null
    act?.()
  })

  const start = async () =>
    createPairing({
      store: await openSecretStore({ disk, dataFolder: folder, passphrase: null }),
      clock,
      log,
      prove: (raw) => {
        asked.push(raw)
        nextAsked.resolve(undefined)
        nextAsked = Promise.withResolvers()
        return answer(raw)
      },
      workspaceId: () => (options.workspaceId === undefined ? OWN_WORKSPACE : options.workspaceId),
      onChange: (change) => changes.push(change),
      onTrouble: (error) => troubles.push(error),
    })

  let pairing = await start()
  const path = join(folder, SECRETS_FILE)

  return {
    get pairing() {
      return pairing
    },
    folder,
    clock: moved,
    log,
    /** What was told, in order. */
    changes,
    /** Why a confirmed secret could not be kept; null: one was. */
    troubles,
    /** The events whose proof Notion was asked for. */
    asked,
    /** The secrets as they lie on the disk. */
    onDisk: (): readonly string[] =>
      existsSync(path)
        ? (JSON.parse(readFileSync(path, 'utf8')) as { webhook: { secret: string }[] }).webhook.map((it) => it.secret)
        : [],
    breakDisk: (isBroken: boolean): void => {
      isDiskBroken = isBroken
    },
    /** Happens while the secrets file is being written for the next time. */
    duringNextWrite: (act: () => void): void => {
      nextWrite = act
    },
    /** What Notion says of every event from now on. */
    notionSays: (next: Proof): void => {
      answer = next
    },
    /** Notion is asked, and silent until the test gives the answer. */
    silentNotion: () => {
      const held = Promise.withResolvers<Awaited<ReturnType<Proof>>>()
      answer = () => held.promise
      return { asked: nextAsked.promise, answer: held.resolve }
    },
    sleepMachine: (ms: number): void => {
      sleptMs += ms
    },
    /** An event that this token signed. */
    event: (token: string, raw = anEvent()): Promise<ProofResult> => pairing.eventSignedBy(raw, signBody(raw, token)),
    /** Resolves when everything that was asked for before has been done. */
    settled: async (): Promise<void> => {
      await pairing.confirm('no token')
    },
    restart: async (): Promise<void> => {
      await pairing.stop()
      pairing = await start()
    },
  }
}

export type PairingStage = Awaited<ReturnType<typeof createPairingStage>>
