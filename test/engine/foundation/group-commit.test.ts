import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../electron/engine/foundation/database.ts'
import { createGroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Commits on a database that counts its transactions, and whose flushes end when the test says so. */
const createRun = () => {
  const database = openDatabase(join(temporaryFolder(), 'a.db'), ['CREATE TABLE entry (name TEXT UNIQUE) STRICT'])
  const flushes: PromiseWithResolvers<undefined>[] = []
  const state = { begun: 0 }
  const counted: Database = {
    ...database,
    transaction: (work) => {
      state.begun += 1
      return database.transaction(work)
    },
    flush: () => {
      const flush = Promise.withResolvers<undefined>()
      flushes.push(flush)
      return flush.promise
    },
  }
  const add = (name: string) => () => {
    database.sql('INSERT INTO entry (name) VALUES (?)').run(name)
    return name
  }
  const fail = (): never => {
    throw new Error('mine alone')
  }
  const names = () =>
    database
      .sql('SELECT name FROM entry ORDER BY name')
      .all<{ name: string }>()
      .map((row) => row.name)
  const endFlush = async (nth: number, error?: Error): Promise<void> => {
    if (error === undefined) flushes[nth]?.resolve(undefined)
    else flushes[nth]?.reject(error)
    await endOfTurn()
  }
  return { commits: createGroupCommit(counted), add, fail, names, state, flushes, endFlush, close: database.close }
}

/** What became of promises so far: their results, in order; `open` where nothing did. */
const statesOf = (promises: readonly Promise<unknown>[]): (() => readonly unknown[]) => {
  const states: unknown[] = promises.map(() => 'open')
  for (const [index, promise] of promises.entries()) {
    promise.then(
      (value) => {
        states[index] = value ?? 'done'
      },
      (error: unknown) => {
        states[index] = String(error)
      },
    )
  }
  return () => states
}

describe('a commit', () => {
  test('takes all that wait together, and each gets its own result', async () => {
    const { commits, add, names, state } = createRun()
    expect(await Promise.all(['a', 'b', 'c'].map((name) => commits.runQuick(add(name))))).toEqual(['a', 'b', 'c'])
    expect(state.begun).toBe(1)
    expect(names()).toEqual(['a', 'b', 'c'])
  })

  test('takes what is asked for within another no sooner than the next', async () => {
    const { commits, add, names, state } = createRun()
    const inner = await commits.runQuick(() => ({ asked: commits.runQuick(add('inner')) }))
    expect(names()).toEqual([])
    await inner.asked
    expect(state.begun).toBe(2)
    expect(names()).toEqual(['inner'])
  })

  test('that a neighbour broke is made again for each by itself', async () => {
    const { commits, add, fail, names, endFlush } = createRun()
    const states = statesOf([
      commits.runQuick(add('a')),
      commits.run(fail),
      commits.run(add('b')),
      commits.run(add('a')),
    ])
    await endOfTurn()
    expect(states()).toEqual(['a', 'Error: mine alone', 'open', expect.stringContaining('UNIQUE')])
    expect(names()).toEqual(['a', 'b'])
    await endFlush(0)
    expect(states()[2]).toBe('b')
  })

  test('that the disk refuses is told to everyone in it as an error, and to nobody later', async () => {
    const { commits, add, close, flushes } = createRun()
    close()
    const results = await Promise.allSettled([commits.run(add('a')), commits.runQuick(add('b'))])
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected'])
    expect(flushes).toHaveLength(0)
  })

  test('that throws something that is no error still rejects with one', async () => {
    const refused = createRun().commits.run(() => {
      // oxlint-disable-next-line typescript/only-throw-error -- that is what this promise is about
      throw 'only words'
    })
    await expect(refused).rejects.toMatchObject({ message: 'The commit failed', cause: 'only words' })
  })
})

describe('being on the disk', () => {
  test('is waited for by whoever asked for it, and by nobody else', async () => {
    const { commits, add, names, endFlush } = createRun()
    const states = statesOf([commits.run(add('a')), commits.runQuick(add('b'))])
    await endOfTurn()
    expect(names()).toEqual(['a', 'b'])
    expect(states()).toEqual(['open', 'b'])
    await endFlush(0)
    expect(states()).toEqual(['a', 'b'])
  })

  test('is not asked of the disk where nobody waits for it', async () => {
    const { commits, add, flushes } = createRun()
    await commits.runQuick(add('a'))
    await endOfTurn()
    expect(flushes).toHaveLength(0)
  })

  test('comes by a flush that began after the commit, one for all that gathered while another ran', async () => {
    const { commits, add, names, state, flushes, endFlush } = createRun()
    const first = statesOf([commits.run(add('a'))])
    await endOfTurn()
    const others = statesOf([
      commits.run(add('b')),
      commits.runQuick(add('c')),
      commits.flushed(),
      commits.run(add('d')),
    ])
    await endOfTurn()
    expect(names()).toEqual(['a'])
    await endFlush(0)
    await endOfTurn()
    expect(first()).toEqual(['a'])
    expect(names()).toEqual(['a', 'b', 'c', 'd'])
    expect(state.begun).toBe(2)
    expect(others()).toEqual(['open', 'c', 'open', 'open'])
    expect(flushes).toHaveLength(2)
    await endFlush(1)
    expect(others()).toEqual(['b', 'c', 'done', 'd'])
  })

  test('can be asked for alone: what was committed before is flushed', async () => {
    const { commits, add, flushes, endFlush } = createRun()
    await commits.runQuick(add('a'))
    const states = statesOf([commits.flushed()])
    await endOfTurn()
    expect(flushes).toHaveLength(1)
    expect(states()).toEqual(['open'])
    await endFlush(0)
    expect(states()).toEqual(['done'])
  })

  test('is not claimed where the flush failed: those who waited for it are told, and the next ones flush again', async () => {
    const { commits, add, names, flushes, endFlush } = createRun()
    const states = statesOf([commits.run(add('a')), commits.runQuick(add('b')), commits.flushed()])
    await endOfTurn()
    await endFlush(0, new Error('EIO'))
    expect(states()).toEqual(['Error: EIO', 'b', 'Error: EIO'])
    expect(names()).toEqual(['a', 'b'])
    const next = statesOf([commits.run(add('c'))])
    await endOfTurn()
    expect(flushes).toHaveLength(2)
    await endFlush(1)
    expect(next()).toEqual(['c'])
  })
})
