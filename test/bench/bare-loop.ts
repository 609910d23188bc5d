import { mkdirSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from '@notionhq/client'

/**
 * What the whole way is held against: four at a time, a page is fetched with the SDK and put in place atomically,
 * and nothing else. Arguments: base URL, folder; page ids on standard input.
 */
const [, , baseUrl = '', folder = ''] = process.argv
const client = new Client({ auth: 'bench', baseUrl, notionVersion: '2026-03-11', retry: false })
let input = ''
for await (const chunk of process.stdin) input += String(chunk)
const ids = JSON.parse(input) as string[]
mkdirSync(folder, { recursive: true })

const startedAt = performance.now()
let next = 0
const work = async (): Promise<void> => {
  for (let id = ids[next++]; id !== undefined; id = ids[next++]) {
    const page = await client.pages.retrieve({ page_id: id })
    const temporary = join(folder, `${id}.tmp`)
    const file = await open(temporary, 'w')
    await file.writeFile(JSON.stringify(page, null, 2))
    await file.sync()
    await file.close()
    await rename(temporary, join(folder, `${id}.json`))
  }
}
await Promise.all([work(), work(), work(), work()])
process.stdout.write(`ready ${JSON.stringify({ tookMs: performance.now() - startedAt })}\n`)
