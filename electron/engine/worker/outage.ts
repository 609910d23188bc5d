import type { Failure } from '../../../shared/failures.ts'

/** What speaks of the way to Notion, not of Notion or the page that was asked for. */
const OFFLINE = 'unreachable'

/** Transient failures of one page: somebody else was at it, at Notion or here. */
const OF_ONE_PAGE: ReadonlySet<string> = new Set(['conflict_error', 'conflict'])

/**
 * Whether a failure says that Notion cannot answer anybody now. A 5xx may bring a code that nobody knew before: all
 * that may pass and is Notion's counts, its codes being written in lower case and the disk's (ENOSPC) in upper case.
 */
export const isOutageFailure = ({ kind, code }: Failure): boolean =>
  kind === 'transient' && !OF_ONE_PAGE.has(code) && code === code.toLowerCase()

/** So many different pages in a row make an outage of what could be one page's misfortune. */
const PAGES_IN_A_ROW = 3

export type OutageKind = 'offline' | 'failing'

/** What an attempt's end means for everybody else. */
export type OutageVerdict =
  /** The attempt speaks for itself. */
  | { readonly kind: 'own' }
  /**
   * Notion cannot be reached, or fails for everybody: the attempt costs its job nothing, nor do those before it in the
   * row: their jobs, each as often as it failed.
   */
  | { readonly kind: 'outage'; readonly outage: OutageKind; readonly sharedBy: readonly number[] }

/**
 * Tells an outage from a job's own failure. Being offline shows at once; a Notion that fails, when three different
 * pages fail in a row. Any answer that is not of this kind ends the row.
 */
export const createOutageWatch = () => {
  let row = new Set<string>()
  let charged: number[] = []

  const endRow = (): readonly number[] => {
    const jobIds = charged
    row = new Set()
    charged = []
    return jobIds
  }

  return {
    /** `failure` null: the attempt succeeded. */
    ended: (entity: string, jobId: number, failure: Failure | null): OutageVerdict => {
      if (failure === null || !isOutageFailure(failure)) {
        endRow()
        return { kind: 'own' }
      }
      if (failure.code === OFFLINE) return { kind: 'outage', outage: 'offline', sharedBy: endRow() }
      row.add(entity)
      if (row.size >= PAGES_IN_A_ROW) return { kind: 'outage', outage: 'failing', sharedBy: endRow() }
      charged.push(jobId)
      return { kind: 'own' }
    },
  }
}
