import { describe, expect, test } from 'vitest'
import { failureOf } from '../../../electron/engine/worker/thrown-failure.ts'

const coded = (code: string, errcode?: number): Error =>
  Object.assign(new Error(`${code}: it refuses`), { code, ...(errcode === undefined ? {} : { errcode }) })

describe('a disk that refuses', () => {
  test.each([
    ['is full', coded('ENOSPC'), 'Make room on it'],
    ['has no more room for this user', coded('EDQUOT'), 'Make room on it'],
    ['is read-only', coded('EROFS'), 'Make it writable again.'],
    ['fails', coded('EIO'), 'check its health'],
    ['has too many files open for us', coded('EMFILE'), 'let this one have more files open'],
    ['has too many files open for all', coded('ENFILE'), 'let the system have more files open'],
    ['is full for SQLite', coded('ERR_SQLITE_ERROR', 13), 'Make room on it'],
    ['fails for SQLite', coded('ERR_SQLITE_ERROR', 10), 'check its health'],
    ['fails for SQLite while it flushes', coded('ERR_SQLITE_ERROR', 10 | (4 << 8)), 'check its health'],
  ])('stops everybody when it %s, and the words name what helps', (_, error, advice) => {
    const failure = failureOf(error)
    expect(failure).toMatchObject({ kind: 'transient', stops: 'disk' })
    expect(failure.message).toMatch(/^The disk refuses: E\w+: it refuses\. /)
    expect(failure.message).toContain(advice)
  })

  test.each(['EACCES', 'EPERM', 'EBUSY', 'ENOENT', 'ENAMETOOLONG', 'EISDIR', 'ENOTDIR', 'EEXIST'])(
    'one file or folder stops nobody else: %s',
    (code) => {
      expect(failureOf(coded(code))).toEqual({
        kind: 'transient',
        code,
        message: `The disk refuses: ${code}: it refuses. Check its space and its permissions.`,
      })
    },
  )

  test('to lock the database for us stops nobody else', () => {
    expect(failureOf(coded('ERR_SQLITE_ERROR', 5)).stops).toBeUndefined()
  })
})

test('A fault of ours stops nobody else, and is for a person', () => {
  expect(failureOf(new TypeError('it is undefined'))).toMatchObject({ kind: 'permanent', code: 'internal' })
  expect(failureOf(new TypeError('it is undefined')).stops).toBeUndefined()
})
