import { deliver, type DeliveryResult, eventFor } from '../../electron/simulator/deliveries.ts'
import type { Random } from '../../electron/simulator/seeded-random.ts'
import type { Workspace } from '../../electron/simulator/workspace.ts'

/** The property that counts the edits of a page. */
export const EDITS = 'Edits'

/** What the client knows of one page: how often it was edited, and the newest edit that was acknowledged. */
export interface ClientView {
  readonly edits: number
  readonly acknowledged: number
}

export interface EditLoad {
  /** Edits pages and sends the events until it is told to stop. */
  run(): Promise<void>
  stop(): void
  /** Where deliveries go from now on; null while nobody is there. */
  sendTo(url: string | null): void
  /** By page id. */
  pages(): ReadonlyMap<string, ClientView>
  /** The events that were answered 200 "queued". */
  acknowledged(): readonly object[]
}

export interface EditLoadOptions {
  readonly workspace: Workspace
  readonly pageIds: readonly string[]
  readonly secret: string
  readonly random: Random
  readonly onAcknowledged: () => void
  /** Resolves when an engine whose queue was full may have room again. */
  readonly nextRoom: () => Promise<void>
}

const CLIENTS = 4

/** One edit in so many is of a page that was edited before. */
const AGAIN_EVERY = 4

const isQueued = ({ status, body }: DeliveryResult): boolean =>
  status === 200 && typeof body === 'object' && body !== null && 'status' in body && body.status === 'queued'

/**
 * Load from the client's side. Before each event the page's edit counter is written, so that the page file shows which
 * of its events it knows of. Most events are the first of their page: nothing later can stand in for them.
 */
export const createEditLoad = (options: EditLoadOptions): EditLoad => {
  const { workspace, pageIds, secret, random, onAcknowledged, nextRoom } = options
  const pages = new Map<string, ClientView>()
  const acknowledged: object[] = []
  let target: string | null = null
  let there = Promise.withResolvers<undefined>()
  const stopping = Promise.withResolvers<undefined>()
  let isStopped = false
  let next = 0

  const nextPage = (): string => {
    const known = [...pages.keys()]
    if (known.length > 0 && (random.below(AGAIN_EVERY) === 0 || next >= pageIds.length)) return random.pick(known)
    next += 1
    return pageIds[next - 1] ?? ''
  }

  const edit = async (url: string): Promise<void> => {
    const id = nextPage()
    const edits = (pages.get(id)?.edits ?? 0) + 1
    workspace.editPage(id, { properties: { [EDITS]: edits } })
    pages.set(id, { edits, acknowledged: pages.get(id)?.acknowledged ?? 0 })
    const event = eventFor(workspace, edits === 1 ? 'page.created' : 'page.properties_updated', id)
    const result = await deliver({ url, secret, event }).catch(() => null)
    if (result?.status === 503) await Promise.race([nextRoom(), stopping.promise])
    if (result === null || !isQueued(result)) return
    acknowledged.push(event)
    const view = pages.get(id)
    if (view !== undefined) pages.set(id, { ...view, acknowledged: Math.max(view.acknowledged, edits) })
    onAcknowledged()
  }

  const client = async (): Promise<void> => {
    while (!isStopped) {
      if (target === null) await there.promise
      else await edit(target)
    }
  }

  return {
    run: async () => {
      await Promise.all(Array.from({ length: CLIENTS }, client))
    },
    stop: () => {
      isStopped = true
      stopping.resolve(undefined)
      there.resolve(undefined)
    },
    sendTo: (url) => {
      if (url !== null) there.resolve(undefined)
      else if (target !== null) there = Promise.withResolvers()
      target = url
    },
    pages: () => pages,
    acknowledged: () => acknowledged,
  }
}
