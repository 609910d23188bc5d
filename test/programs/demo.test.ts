import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { databaseFilesIn, databaseIn, pagesIn, parseEveryFile, trashIn } from '../support/cache-contents.ts'
import { healthAt, runProgram } from '../support/program-run.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const demoSchema = z.strictObject({ events: z.int(), files: z.int(), cache: z.string() })

/** Its folders lie in the system's folder for temporary files: here, one of the test's own. */
const startDemo = (args: readonly string[] = []) => {
  const folder = temporaryFolder()
  return { folder, run: runProgram('demo', args, { environment: { TMPDIR: folder, TEMP: folder } }) }
}

const titleIn = (page: { readonly properties: Readonly<Record<string, object>> }): string => {
  const title = Object.values(page.properties).find((property) => 'title' in property) as
    | { readonly title: readonly { readonly plain_text: string }[] }
    | undefined
  return (title?.title ?? []).map(({ plain_text: text }) => text).join('')
}

test('demo --once sends 50 events to the end, tells what happened, and ends with its line', async () => {
  const { folder, run } = startDemo(['--once'])
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(run.stderr()).toBe('')
  const lines = run.stdout().trimEnd().split('\n')
  const { events, files, cache } = demoSchema.parse(JSON.parse((lines.at(-1) ?? '').replace(/^demo /, '')))
  expect(lines.at(-1)).toBe(`demo ${JSON.stringify({ events, files, cache })}`)
  expect(cache.startsWith(folder)).toBe(true)
  expect(run.stdout()).toContain(`Cache folder   ${cache}\n`)
  expect(run.stdout()).toMatch(/Console {8}http:\/\/127\.0\.0\.1:\d+\n/)
  for (const told of ['page.created', 'page.deleted', 'duplicate', join(cache, 'pages', 'Actionable Tasks')]) {
    expect(run.stdout()).toContain(told)
  }

  const pages = pagesIn(cache)
  expect({ events, files }).toEqual({ events: 50, files: pages.size })
  expect(files).toBeGreaterThan(20)
  const shown = databaseFilesIn(cache).flatMap((name) => {
    const { title, records } = databaseIn(cache, name)
    return records.map((record) => ({ database: title, id: String(record['id']), first: Object.values(record)[0] }))
  })
  const wanted = [...pages.values()].map(({ page, path }) => ({
    database: path.split('/')[0],
    id: page.id,
    first: titleIn(page),
  }))
  const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id)
  expect(shown.toSorted(byId)).toEqual(wanted.toSorted(byId))
  // The page that was deleted has come back.
  expect(trashIn(cache)).toEqual([])
  expect(parseEveryFile(cache)).toBe(pages.size + databaseFilesIn(cache).length)
})

test('the demo edits all the time, tells where it can be watched, and stops at Ctrl-C', async () => {
  const { run } = startDemo()
  await run.printed('queued')
  const cache = /^Cache folder {3}(.+)$/m.exec(run.stdout())?.[1] ?? ''
  const console = /^Console {8}(.+)$/m.exec(run.stdout())?.[1] ?? ''
  await until('a page has its file', () => pagesIn(cache).size > 0)
  await until('more than one event came', async () => (await healthAt(console)).metrics.events_received > 1)
  run.kill('SIGINT')
  expect(await run.ended).toEqual({ code: 0, signal: null })
  expect(run.stdout().trimEnd().split('\n').at(-1)).toBe(`Stopped. The files are in ${cache}`)
  expect(run.stderr()).toBe('')
  expect(parseEveryFile(cache)).toBeGreaterThan(1)
})

test('demo --once can be stopped on its way', async () => {
  const { run } = startDemo(['--once'])
  await run.printed('Console')
  run.kill('SIGINT')
  expect(await run.ended).toEqual({ code: null, signal: 'SIGINT' })
  expect(run.stdout()).not.toContain('demo {')
})

test('an option that nobody knows is refused', async () => {
  const { run } = startDemo(['--twice'])
  expect(await run.ended).toEqual({ code: 2, signal: null })
  expect(run.stderr()).toMatch(/^Unknown option '--twice'.* Usage: npm run demo \[-- --once\]\n$/)
})

test('a word that does not belong there is refused, and not repeated: it may be a secret', async () => {
  const { run } = startDemo(['plainTokenWithoutAShape'])
  expect(await run.ended).toEqual({ code: 2, signal: null })
  expect(run.stderr()).toBe(
    'There is a word where only options belong (not repeated: it may be a secret). Usage: npm run demo [-- --once]\n',
  )
})
