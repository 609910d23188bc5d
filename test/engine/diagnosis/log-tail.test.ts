import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLogTail, tailOf } from '../../../electron/engine/diagnosis/log-tail.ts'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('the tail holds whole lines only, the newest, and never more than the limit', () => {
  const lines = fc.array(fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\n', ' ')))
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 100 }), (all, limit) => {
      const text = all.map((line) => `${line}\n`).join('')
      const tail = tailOf(text, limit)
      expect(tail.length).toBeLessThanOrEqual(limit)
      expect(text.endsWith(tail)).toBe(true)
      const before = text.slice(0, text.length - tail.length)
      expect(before === '' || before.endsWith('\n')).toBe(true)
    }),
  )
})

test('a log that has just been begun anew is read on from the one before; no log is no text', async () => {
  const folder = temporaryFolder()
  expect(await readLogTail(systemDisk, folder)).toBe('')
  mkdirSync(join(folder, 'logs'))
  writeFileSync(join(folder, 'logs', 'blackcore-sync.log'), 'new\n')
  writeFileSync(join(folder, 'logs', 'blackcore-sync.log.1'), `${'o'.repeat(100)}\n`.repeat(12_000))
  writeFileSync(join(folder, 'logs', 'blackcore-sync.log.2'), 'older\n')
  const text = await readLogTail(systemDisk, folder)
  expect(text.endsWith('o\nnew\n')).toBe(true)
  expect(text.length).toBeGreaterThan(1_000_000)
  expect(text.length).toBeLessThanOrEqual(1024 * 1024)
})
