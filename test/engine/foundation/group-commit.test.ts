import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../electron/engine/foundation/database.ts'
import { createGroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** A database that counts its transactions and tells whether one is open. */
const countedDatabase = () => {
  const database = openDatabase(join(temporaryFolder(), 'a.db'), ['CREATE TABLE entry (name TEXT UNIQUE) STRICT'])
  let begun = 0
  let isOpen = false
  const counting =
    (transaction: Database['transaction']): Database['transaction'] =>
    (work) => {
      begun += 1
      isOpen = true
      try {
        return transaction(work)
      } finally {
        isOpen = false
      }
    }
  const counted: Database = {
    ...database,
    transaction: counting(database.transaction),
    quickTransaction: counting(database.quickTransaction),
  }
  const add = (name: string) => () => {
    database.sql('INSERT INTO entry (name) VALUES (?)').run(name)
    return name
  }
  const names = () =>
    database
      .sql('SELECT name FROM entry ORDER BY name')
      .all<{ name: string }>()
      .map((row) => row.name)
  /** How the commit that runs this is kept: SQLite's level as it stands then. */
  const kept = (): string => {
    const level = database.sql('PRAGMA synchronous').get<{ synchronous: number }>()?.synchronous
    return level === 2 ? 'durable' : level === 1 ? 'quick' : `level ${level ?? 'unknown'}`
  }
  return { database: counted, add, kept, names, begun: () => begun, isOpen: () => isOpen, close: database.close }
}

test('all that wait together go into one commit, and each gets its own result', async () => {
  const { database, add, names, begun } = countedDatabase()
  const commits = createGroupCommit(database)
  expect(await Promise.all(['a', 'b', 'c'].map((name) => commits.run(add(name))))).toEqual(['a', 'b', 'c'])
  await endOfTurn()
  expect(begun()).toBe(1)
  expect(names()).toEqual(['a', 'b', 'c'])
})

test('what comes after a commit goes into the next one', async () => {
  const { database, add, begun } = countedDatabase()
  const commits = createGroupCommit(database)
  await commits.run(add('a'))
  await commits.run(add('b'))
  expect(begun()).toBe(2)
})

test('what is asked for within a commit waits for the next one', async () => {
  const { database, add, begun, names } = countedDatabase()
  const commits = createGroupCommit(database)
  const inner = await commits.run(() => ({ asked: commits.run(add('inner')), before: begun() }))
  expect(names()).toEqual([])
  await inner.asked
  expect(inner.before).toBe(1)
  expect(begun()).toBe(2)
  expect(names()).toEqual(['inner'])
})

test('a result is told only after the commit is on the disk', async () => {
  const { database, add, isOpen } = countedDatabase()
  const other = createGroupCommit(database)
  let ranInside = false
  const told = other.run(() => {
    ranInside = isOpen()
    return add('a')()
  })
  const seenAtTheTelling = await told.then(() => {
    const reader = database.snapshot()
    const row = reader.sql('SELECT count(*) AS count FROM entry').get<{ count: number }>()
    reader.close()
    return { isOpen: isOpen(), count: row?.count }
  })
  expect(ranInside).toBe(true)
  expect(seenAtTheTelling).toEqual({ isOpen: false, count: 1 })
})

test('a neighbour that fails loses nobody else their write', async () => {
  const { database, add, names } = countedDatabase()
  const commits = createGroupCommit(database)
  const results = await Promise.allSettled([
    commits.run(add('a')),
    commits.run(() => {
      add('half')()
      throw new Error('mine alone')
    }),
    commits.run(add('b')),
  ])
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { message: 'mine alone' } })
  expect(names()).toEqual(['a', 'b'])
})

test('two writes that exclude each other do not both succeed', async () => {
  const { database, add, names } = countedDatabase()
  const commits = createGroupCommit(database)
  const results = await Promise.allSettled([commits.run(add('a')), commits.run(add('a')), commits.run(add('b'))])
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(names()).toEqual(['a', 'b'])
})

test('a commit that the disk refuses is told to everyone in it as an error', async () => {
  const { database, add, close } = countedDatabase()
  const commits = createGroupCommit(database)
  close()
  const results = await Promise.allSettled([commits.run(add('a')), commits.run(add('b'))])
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected'])
})

test('something thrown that is no error still rejects with one', async () => {
  const { database } = countedDatabase()
  const refused = createGroupCommit(database).run(() => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is what this promise is about
    throw 'only words'
  })
  await expect(refused).rejects.toMatchObject({ message: 'The commit failed', cause: 'only words' })
})

describe('a commit', () => {
  test('is quick where all that is in it may be, and durable again right after', async () => {
    const { database, kept } = countedDatabase()
    const commits = createGroupCommit(database)
    expect(await Promise.all([commits.runQuick(kept), commits.runQuick(kept)])).toEqual(['quick', 'quick'])
    expect(await commits.run(kept)).toBe('durable')
    expect(await commits.runQuick(kept)).toBe('quick')
  })

  test.each([
    ['first', ['run', 'runQuick', 'runQuick']],
    ['in the middle', ['runQuick', 'run', 'runQuick']],
    ['last', ['runQuick', 'runQuick', 'run']],
  ] as const)('is one, and durable for all, where one in it has to be (%s)', async (_where, calls) => {
    const { database, kept, begun } = countedDatabase()
    const commits = createGroupCommit(database)
    expect(await Promise.all(calls.map((call) => commits[call](kept)))).toEqual(['durable', 'durable', 'durable'])
    expect(begun()).toBe(1)
  })

  test('that a neighbour broke is made again for each as it was asked for', async () => {
    const { database, kept, add, names } = countedDatabase()
    const commits = createGroupCommit(database)
    const results = await Promise.allSettled([
      commits.runQuick(() => [add('quick')(), kept()]),
      commits.run(() => {
        throw new Error('mine alone')
      }),
      commits.run(() => [add('durable')(), kept()]),
    ])
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'rejected'))).toEqual([
      ['quick', 'quick'],
      'rejected',
      ['durable', 'durable'],
    ])
    expect(names()).toEqual(['durable', 'quick'])
  })

  test('that is quick gives results and errors as any other', async () => {
    const { database, add, names } = countedDatabase()
    const commits = createGroupCommit(database)
    expect(await commits.runQuick(add('a'))).toBe('a')
    await expect(commits.runQuick(add('a'))).rejects.toThrow(/UNIQUE/)
    expect(names()).toEqual(['a'])
  })
})
