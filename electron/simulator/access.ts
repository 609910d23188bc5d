import type { Catalogue } from './catalogue.ts'
import type { PageEntry } from './page-store.ts'

/** What the connection may see: everything, apart from what its access was withdrawn from. */
export interface Access {
  /** True while nothing is withdrawn. */
  isComplete(): boolean
  isDatabaseShared(id: string): boolean
  /** False for every page of a withdrawn database, wherever the page came from. */
  isPageShared(page: PageEntry): boolean
}

export interface GrantableAccess extends Access {
  /** Takes the dashed id of a page or of a database. */
  withdraw(id: string): void
  /** Takes back the withdrawal of this very id: a page that lost access by itself stays without it. */
  grant(id: string): void
}

/** How the workspace itself sees its pages. */
export const COMPLETE_ACCESS: Access = {
  isComplete: () => true,
  isDatabaseShared: () => true,
  isPageShared: () => true,
}

export const createAccess = (catalogue: Catalogue): GrantableAccess => {
  const withdrawn = new Set<string>()
  return {
    isComplete: () => withdrawn.size === 0,
    isDatabaseShared: (id) => !withdrawn.has(id),
    isPageShared: (page) =>
      withdrawn.size === 0 ||
      !(withdrawn.has(page.id) || withdrawn.has(catalogue.dataSource(page.dataSourceId)?.databaseId ?? '')),
    withdraw: (id) => {
      withdrawn.add(id)
    },
    grant: (id) => {
      withdrawn.delete(id)
    },
  }
}
