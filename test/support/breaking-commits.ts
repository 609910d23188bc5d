import type { GroupCommit } from '../../electron/engine/foundation/group-commit.ts'

/** Commits that ask before each: `before` breaks it by throwing or rejecting. What was done before stays done. */
export const createBreakingCommits = (commits: GroupCommit, before: () => void | Promise<void>): GroupCommit => ({
  run: async (work) => {
    await before()
    return commits.run(work)
  },
  runQuick: async (work) => {
    await before()
    return commits.runQuick(work)
  },
  flushed: commits.flushed,
  isInDoubt: commits.isInDoubt,
  flushingMs: commits.flushingMs,
})

/** Commits that have none: each work runs at once, and is counted. */
export const createImmediateCommits = (counted: () => void): GroupCommit => {
  const run = async <T>(work: () => T): Promise<T> => {
    counted()
    return work()
  }
  return { run, runQuick: run, flushed: () => Promise.resolve(), isInDoubt: () => false, flushingMs: () => 0 }
}
