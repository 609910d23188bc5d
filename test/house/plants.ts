import path from 'node:path'
import type { CopiedTree } from './copied-tree.ts'

/** One broken rule: the line that breaks it, in which file. */
export interface Plant {
  readonly rule: string
  readonly file: string
  readonly text: string
}

/** How an import in one file names another file. */
const wayTo = (from: string, to: string): string => {
  const way = path.posix.relative(path.posix.dirname(from), to)
  return way.startsWith('.') ? way : `./${way}`
}

const importing = (rule: string, file: string, module: string): Plant => ({ rule, file, text: `import '${module}'` })

const importingType = (rule: string, file: string, target: string): Plant => ({
  rule,
  file,
  text: `import type { Planted } from '${wayTo(file, target)}'`,
})

export const SHELL_FILE = 'electron/shell/planted.ts'

/** Where violations are planted: files that others import, or planted ones where the folder has none yet. */
const placesIn = (tree: CopiedTree) => {
  const engine = ['foundation', 'notion', 'cache', 'queue', 'settings', 'worker', 'processors']
  const importers = [...engine.map((folder) => `electron/engine/${folder}`), 'electron/simulator', 'electron', 'shared']
  const allText = importers.flatMap((folder) => tree.filesIn(folder).map((file) => tree.read(file))).join('\n')
  const isUsed = (file: string) => allText.includes(`/${path.posix.basename(file)}'`)
  const used = (folder: string, except: readonly string[] = []): readonly string[] => {
    const found = tree.filesIn(folder).filter((file) => isUsed(file) && !except.includes(path.posix.basename(file)))
    return [...found, `${folder}/planted.ts`, `${folder}/planted-too.ts`, `${folder}/planted-as-well.ts`]
  }
  return { used }
}

/** A violation of every rule, each in its place. */
export const plantsFor = (tree: CopiedTree) => {
  const { used } = placesIn(tree)
  const [foundation = ''] = used('electron/engine/foundation', [
    'clock.ts',
    'database.ts',
    'disk.ts',
    'group-commit.ts',
    'http-server.ts',
    'log.ts',
  ])
  const [notion = ''] = used('electron/engine/notion', ['sdk.ts'])
  const [simulator = ''] = used('electron/simulator', ['deliveries.ts'])
  const [one = '', other = '', shared = ''] = used('shared')
  const [renderer = ''] = used('renderer')
  const [view = ''] = used('renderer/views')
  const [consoleFile = ''] = used('electron/console')
  const [support = ''] = used('test/support')
  const [headless, shell] = ['electron/headless.ts', SHELL_FILE]

  const betweenFiles: readonly Plant[] = [
    { rule: 'never-1-electron-stays-in-the-shell', file: foundation, text: "import type { Tray } from 'electron'" },
    { rule: 'never-1-electron-stays-in-the-shell', file: support, text: "import { Tray } from 'electron'" },
    importingType('never-2-uphill', foundation, notion),
    importingType('never-2-uphill', notion, headless),
    importingType('never-2-uphill', 'electron/engine/planted.ts', foundation),
    importingType('never-3-renderer-sees-shared-only', renderer, foundation),
    importing('never-3-renderer-sees-shared-only', view, 'node:path'),
    importingType('never-3-shared-sees-itself', shared, foundation),
    importingType('never-3-nothing-sees-the-renderer', notion, renderer),
    importingType('never-4-through-the-engine-door', headless, foundation),
    importingType('never-4-through-the-engine-door', consoleFile, foundation),
    importingType('never-4-through-the-engine-door', shell, foundation),
    importingType('simulator-stands-apart', simulator, notion),
    importing('never-5-disk', notion, 'node:fs/promises'),
    importing('never-5-disk', shared, 'fs'),
    importing('never-5-http-server', notion, 'fastify'),
    importing('never-5-http-server', consoleFile, 'node:http'),
    importing('never-5-database', notion, 'node:sqlite'),
    importing('never-5-log', notion, 'pino'),
    importing('never-5-ngrok', notion, '@ngrok/ngrok'),
    importing('never-5-notion-sdk', foundation, '@notionhq/client'),
    importing('never-5-child-process', notion, 'node:child_process'),
  ]
  // The cruise reports a cycle once, from whichever end it came upon first.
  const cycle: readonly Plant[] = [
    importingType('never-2-no-cycles', one, other),
    importingType('never-2-no-cycles', other, one),
  ]
  const outOfReach: readonly Plant[] = [simulator, consoleFile, headless, notion].map((file) =>
    importingType('never-1-electron-out-of-reach', file, shell),
  )
  const inFile = (rule: string, file: string, ...texts: readonly string[]): readonly Plant[] =>
    texts.map((text) => ({ rule, file, text }))
  const inside: readonly Plant[] = [
    ...inFile('house/never-4-ipc', shell, "import { ipcMain } from 'electron'"),
    ...inFile('house/never-4-ipc', consoleFile, 'void ipcRenderer', "void electron['contextBridge']"),
    ...inFile(
      'house/never-5-environment',
      notion,
      "export const plantedHome = process.env['HOME']",
      'export const { argv: plantedArguments } = process',
      'void globalThis.process.env',
      "import { env as plantedEnvironment } from 'node:process'",
    ),
    ...inFile(
      'house/never-5-clock',
      simulator,
      'export const plantedAt = Date.now()',
      'void new Date()',
      'void performance.now()',
      'setTimeout(() => undefined, 1)',
      'globalThis.setInterval(() => undefined, 1)',
      'setImmediate(() => undefined)',
      "import { setTimeout as plantedDelay } from 'node:timers/promises'",
    ),
    ...inFile('house/never-5-fetch', foundation, "void fetch('http://localhost')", 'void globalThis.fetch'),
    ...inFile('house/no-default-export', shared, 'export default 1'),
    ...inFile('house/no-interface-prefix', shared, 'export interface IPlanted { readonly isPlanted: true }'),
  ]
  return { betweenFiles, cycle, outOfReach, inside }
}
