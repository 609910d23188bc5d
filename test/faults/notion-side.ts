import { deliver, eventFor } from '../../electron/simulator/deliveries.ts'
import type { Workspace } from '../../electron/simulator/workspace.ts'
import type { Step } from './scenario.ts'

interface Sent {
  readonly event: object
  /** The page, database or data source that it is about. */
  readonly id: string
}

/** Notion's side of the deliveries: what was not acknowledged is sent again, the same event with the same id. */
export interface NotionSide {
  /** The step happens; its events are to be delivered. */
  happen(step: Step): void
  /** Sends what was not acknowledged yet, all at once; gives how many still are not. */
  deliverTo(url: string): Promise<number>
  /** True where the newest event about it was acknowledged: its present state is promised. */
  isAcknowledged(id: string): boolean
  acknowledged(): number
  /** How often a delivery was answered 503. */
  turnedAway(): number
}

const statusOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'status' in body ? body.status : null

export const createNotionSide = (workspace: Workspace, secret: string): NotionSide => {
  let waiting: readonly Sent[] = []
  let acknowledged = 0
  let turnedAway = 0

  const isTaken = async (url: string, event: object): Promise<boolean> => {
    const answer = await deliver({ url, secret, event }).catch(() => null)
    if (answer === null) return false
    if (answer.status === 503) turnedAway += 1
    else if (answer.status !== 200) throw new Error(`A delivery was refused with ${answer.status}`)
    const status = statusOf(answer.body)
    if (status === 'ignored') throw new Error(`A delivery was ignored: ${JSON.stringify(answer.body)}`)
    return status === 'queued' || status === 'duplicate'
  }

  return {
    happen: (step) => {
      const events = step.happen(workspace).map(([type, id]) => ({ event: eventFor(workspace, type, id), id }))
      waiting = [...waiting, ...events]
    },
    deliverTo: async (url) => {
      const sent = waiting
      const taken = await Promise.all(sent.map(({ event }) => isTaken(url, event)))
      waiting = sent.filter((_sent, index) => taken[index] !== true)
      acknowledged += sent.length - waiting.length
      return waiting.length
    },
    isAcknowledged: (id) => waiting.every((sent) => sent.id !== id),
    acknowledged: () => acknowledged,
    turnedAway: () => turnedAway,
  }
}
