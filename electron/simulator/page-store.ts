import { mix } from './seeded-random.ts'
import { CREATED_PAGE, type WorkspaceIds } from './workspace-ids.ts'

/** Where a page's generated content comes from. */
export interface Origin {
  readonly plan: number
  readonly index: number
}

export interface PageEntry {
  readonly id: string
  readonly dataSourceId: string
  /** Null for a page without generated content: what it holds stands in `values`. */
  readonly origin: Origin | null
  /** What its unique id counts with. */
  readonly number: number
  readonly createdMs: number
  readonly editedMs: number
  /** Places in the list of members. */
  readonly createdBy: number
  readonly editedBy: number
  /** Edited values by property key, as they stand under their type's key. */
  readonly values: ReadonlyMap<string, unknown>
  readonly markdown: string | null
  readonly isInTrash: boolean
  /** Gone for good: the API no longer knows it, deliveries may still speak of it. */
  readonly isDeleted: boolean
  /** The ids of the properties that the latest edit touched. */
  readonly changedProperties: readonly string[]
}

/**
 * The pages. An untouched generated page takes no memory: it is computed at every look, from the seed and its place.
 * A touched or created page stands in a table.
 */
export interface PageStore {
  entry(id: string): PageEntry | null
  put(entry: PageEntry): void
  /** Makes a page that nobody has seen; `put` has to follow. */
  newPage(dataSourceId: string, plan: number | null, nowMs: number): PageEntry
  /** The pages of a data source by creation time, trashed ones included, deleted ones not; starts at a page's place. */
  rows(dataSourceId: string, fromId: string | null): Generator<PageEntry>
}

export interface PageStoreOptions {
  readonly seed: number
  readonly pagesPerDatabase: number
  readonly memberCount: number
  readonly ids: WorkspaceIds
  /** The data source of each generated database, by its number. */
  readonly homes: readonly string[]
  /** No generated page was made or edited later. */
  readonly latestMs: number
}

const NOTHING_EDITED: ReadonlyMap<string, unknown> = new Map()

const SPAN_MS = 900 * 86_400_000

/** A page that was created in a data source or moved to it; its content stands in the table. */
interface Guest {
  readonly id: string
  readonly createdMs: number
}

/** Looked for from the end: most guests are younger than all before them. */
const firstAfter = (list: readonly Guest[], createdMs: number): number => {
  let at = list.length
  while (at > 0 && (list[at - 1]?.createdMs ?? 0) > createdMs) at -= 1
  return at
}

export const createPageStore = (options: PageStoreOptions): PageStore => {
  const { seed, pagesPerDatabase, memberCount, ids, homes, latestMs } = options
  const table = new Map<string, PageEntry>()
  /** By data source, by creation time. */
  const guests = new Map<string, Guest[]>()
  let createdPages = 0

  const share = (plan: number, index: number, salt: number): number => mix(seed, plan, index, salt) / 2 ** 32
  const createdMsOf = (plan: number, index: number): number =>
    latestMs - SPAN_MS + Math.floor(((index + share(plan, index, 701)) / pagesPerDatabase) * SPAN_MS)

  const generated = (plan: number, index: number): PageEntry => {
    const id = ids.idOf(plan, index)
    const touched = table.get(id)
    if (touched !== undefined) return touched
    const createdMs = createdMsOf(plan, index)
    return {
      id,
      dataSourceId: homes[plan] ?? '',
      origin: { plan, index },
      number: index + 1,
      createdMs,
      editedMs: createdMs + Math.floor((latestMs - createdMs) * share(plan, index, 702) ** 3),
      createdBy: mix(seed, plan, index, 703) % memberCount,
      editedBy: mix(seed, plan, index, 704) % memberCount,
      values: NOTHING_EDITED,
      markdown: null,
      isInTrash: false,
      isDeleted: false,
      changedProperties: [],
    }
  }

  const isAtHome = (entry: PageEntry): boolean => {
    const meaning = ids.read(entry.id)
    return meaning !== null && meaning.kind !== CREATED_PAGE && homes[meaning.kind] === entry.dataSourceId
  }

  const entry = (id: string): PageEntry | null => {
    const meaning = ids.read(id)
    if (meaning === null) return null
    if (meaning.kind === CREATED_PAGE) return table.get(ids.idOf(meaning.kind, meaning.index)) ?? null
    return meaning.kind < homes.length && meaning.index < pagesPerDatabase
      ? generated(meaning.kind, meaning.index)
      : null
  }

  /** The first generated page that was made after this time; their times rise with their index. */
  const firstIndexAfter = (plan: number, createdMs: number): number => {
    let low = 0
    let high = pagesPerDatabase
    while (low < high) {
      const middle = (low + high) >>> 1
      if (createdMsOf(plan, middle) > createdMs) high = middle
      else low = middle + 1
    }
    return low
  }

  const placeOf = (plan: number, list: readonly Guest[], fromId: string | null) => {
    const from = fromId === null ? null : entry(fromId)
    if (from === null) return { index: 0, guest: 0 }
    const meaning = ids.read(from.id)
    if (meaning?.kind === plan) return { index: meaning.index, guest: firstAfter(list, from.createdMs - 1) }
    const at = list.findIndex((guest) => guest.id === from.id)
    return {
      index: firstIndexAfter(plan, from.createdMs),
      guest: at === -1 ? firstAfter(list, from.createdMs - 1) : at,
    }
  }

  const leave = (page: PageEntry): void => {
    const list = guests.get(page.dataSourceId) ?? []
    const at = list.findIndex((guest) => guest.id === page.id)
    if (at !== -1) list.splice(at, 1)
  }

  const arrive = ({ id, dataSourceId, createdMs }: PageEntry): void => {
    const list = guests.get(dataSourceId) ?? []
    list.splice(firstAfter(list, createdMs), 0, { id, createdMs })
    guests.set(dataSourceId, list)
  }

  return {
    entry,
    put: (changed) => {
      const before = table.get(changed.id) ?? entry(changed.id)
      table.set(changed.id, changed)
      if (before?.dataSourceId === changed.dataSourceId) return
      if (before !== null) leave(before)
      if (!isAtHome(changed)) arrive(changed)
    },
    newPage: (dataSourceId, plan, nowMs) => {
      const index = createdPages
      createdPages += 1
      const author = mix(seed, 705, index) % memberCount
      return {
        ...generated(plan ?? 0, pagesPerDatabase + index),
        id: ids.idOf(CREATED_PAGE, index),
        dataSourceId,
        origin: plan === null ? null : { plan, index: pagesPerDatabase + index },
        createdMs: nowMs,
        editedMs: nowMs,
        createdBy: author,
        editedBy: author,
      }
    },
    rows: function* (dataSourceId, fromId) {
      const plan = homes.indexOf(dataSourceId)
      const list = guests.get(dataSourceId) ?? []
      let { index, guest } = placeOf(plan, list, fromId)
      while (true) {
        const waiting = list[guest]
        const base = plan !== -1 && index < pagesPerDatabase ? generated(plan, index) : null
        if (waiting === undefined && base === null) return
        const isGuestFirst = waiting !== undefined && (base === null || waiting.createdMs < base.createdMs)
        const row = isGuestFirst ? table.get(waiting.id) : base
        if (isGuestFirst) guest += 1
        else index += 1
        if (row?.dataSourceId === dataSourceId && !row.isDeleted) yield row
      }
    },
  }
}
