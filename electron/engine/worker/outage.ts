import type { Failure } from '../../../shared/failures.ts'

/** What speaks of the way to Notion, not of Notion or the page that was asked for. */
const OFFLINE = 'unreachable'

/** Whose outage it is, and what shows it. */
export interface OutageRules {
  /** What its failures are marked with. */
  readonly of: NonNullable<Failure['stops']>
  /** So many different pages in a row make an outage of what could be one page's misfortune. */
  readonly pagesInARow: number
  /**
   * When it is first asked whether it fails for all. Pages that it fails for alone hold the others up for so long, each
   * time that they make a row; their outcomes are stored before.
   */
  readonly firstProbeMs: number
}

export const NOTION_OUTAGE: OutageRules = { of: 'notion', pagesInARow: 3, firstProbeMs: 200 }

/** A disk that is full for one is full for all, even if it has room for so little as a probe. */
export const DISK_OUTAGE: OutageRules = { of: 'disk', pagesInARow: 1, firstProbeMs: 30_000 }

export type OutageKind = 'offline' | 'failing'

/** What an attempt's end means for its job, and for everybody else. */
export interface OutageVerdict {
  /** The attempt costs its job nothing. */
  readonly isFree: boolean
  /** An outage begins here; null: there is none, or it is known already. */
  readonly begins: OutageKind | null
  /** The jobs whose attempts cost nothing after all, each as often as it failed. */
  readonly refunded: readonly number[]
}

/** What the end of a probe means. */
export interface ProbeVerdict {
  readonly isOver: boolean
  /** As above. */
  readonly refunded: readonly number[]
}

interface FailedEnd {
  readonly entity: string
  readonly jobId: number
}

interface Outage {
  /** More than failing pages speaks for it: Notion cannot be reached, or fails for the probe as well. */
  readonly isProven: boolean
  /** Whose attempts were free for its sake before it was proven, and who paid all the same. */
  readonly free: readonly FailedEnd[]
  readonly paid: readonly FailedEnd[]
}

const PROVEN: Outage = { isProven: true, free: [], paid: [] }

const OWN: OutageVerdict = { isFree: false, begins: null, refunded: [] }

const jobsOf = (ends: readonly FailedEnd[]): readonly number[] => ends.map(({ jobId }) => jobId)

/**
 * Tells an outage from a job's own failure. Being offline shows at once; a Notion that fails, when three different pages
 * fail in a row: any answer that is not of this kind ends the row. What an outage made fail costs nothing. The disk is
 * judged by the same rules, its row being of one page.
 *
 * A Notion that fails for these pages and answers the first probe may fail for nobody else: they are suspects from then
 * on, each until an attempt of its own ends in another way. A row that a suspect is part of is an outage like any other,
 * but the suspect pays for its part, and gets that back only when the first probe fails as well. So a page that fails for
 * good ends as a failed job, after one free round at most. Suspects hold themselves up and not the others: the first probe
 * comes at once, and their next attempts later than anybody else's, for Notion may fail for all pages and answer probes.
 */
export const createOutageWatch = (rules: OutageRules) => {
  let row: readonly FailedEnd[] = []
  let outage: Outage | null = null
  const suspects = new Set<string>()

  const isShared = (failure: Failure): boolean => failure.stops === rules.of

  const endRow = (): readonly FailedEnd[] => {
    const ended = row
    row = []
    return ended
  }

  const join = (known: Outage, ends: readonly FailedEnd[]): Outage => ({
    isProven: false,
    free: [...known.free, ...ends.filter(({ entity }) => !suspects.has(entity))],
    paid: [...known.paid, ...ends.filter(({ entity }) => suspects.has(entity))],
  })

  const prove = (): readonly number[] => {
    const refunded = jobsOf(outage?.paid ?? [])
    outage = PROVEN
    return refunded
  }

  /** It was under way when the outage began. */
  const endedDuring = (known: Outage, end: FailedEnd, isOffline: boolean): OutageVerdict => {
    if (isOffline) return { isFree: true, begins: null, refunded: prove() }
    if (!known.isProven) outage = join(known, [end])
    return { isFree: known.isProven || !suspects.has(end.entity), begins: null, refunded: [] }
  }

  return {
    /** It pays, and is not tried again soon. */
    isSuspect: (entity: string): boolean => suspects.has(entity),

    /** `failure` null: the attempt succeeded. */
    ended: (entity: string, jobId: number, failure: Failure | null): OutageVerdict => {
      if (failure === null || !isShared(failure)) {
        endRow()
        suspects.delete(entity)
        return OWN
      }
      const end = { entity, jobId }
      const isOffline = failure.code === OFFLINE
      if (outage !== null) return endedDuring(outage, end, isOffline)
      if (isOffline) {
        outage = PROVEN
        return { isFree: true, begins: 'offline', refunded: jobsOf(endRow()) }
      }
      row = [...row, end]
      if (new Set(row.map((failed) => failed.entity)).size < rules.pagesInARow) return OWN
      const begun = join({ isProven: false, free: [], paid: [] }, endRow())
      outage = begun
      const refunded = jobsOf(begun.free.filter((failed) => failed !== end))
      return { isFree: begun.free.includes(end), begins: 'failing', refunded }
    },

    /** A probe of the outage that there is. `failure` null: it was answered. */
    probed: (failure: Failure | null): ProbeVerdict => {
      if (failure !== null && isShared(failure)) return { isOver: false, refunded: prove() }
      for (const { entity } of outage?.free ?? []) suspects.add(entity)
      outage = null
      return { isOver: true, refunded: [] }
    },
  }
}
