import { execFile } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const PROJECT = path.resolve(import.meta.dirname, '../..')

const COPIED = [
  'electron',
  'shared',
  'renderer',
  'test',
  'scripts',
  'layers.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'eslint.config.js',
  '.dependency-cruiser.mjs',
]

export interface ToolResult {
  readonly code: number
  readonly output: string
}

/** A copy of the project in a temporary folder: tests may break rules in it, and the real tools run on it. */
export interface CopiedTree {
  /** Appends lines to a file, creates it where it is missing. Gives the number of the first of them. */
  plant(file: string, text: string): number
  has(file: string): boolean
  read(file: string): string
  /** Puts one text in the place of another, which has to be there. */
  replace(file: string, before: string, after: string): void
  /** The TypeScript files directly in a folder, as sorted paths from the root; none when the folder is missing. */
  filesIn(folder: string): readonly string[]
  /** Runs a JavaScript file of the copy with this Node. */
  run(file: string, ...args: readonly string[]): Promise<ToolResult>
  readonly root: string
  remove(): void
}

export const emptyFolder = (): string => mkdtempSync(path.join(tmpdir(), 'house-'))

/** Takes the parts of the project to copy, by default all that the checks look at. */
export const copyTree = (parts: readonly string[] = COPIED): CopiedTree => {
  const root = emptyFolder()
  const at = (file: string) => path.join(root, file)
  for (const name of parts.filter((part) => existsSync(path.join(PROJECT, part)))) {
    cpSync(path.join(PROJECT, name), at(name), { recursive: true })
  }
  symlinkSync(path.join(PROJECT, 'node_modules'), at('node_modules'), 'junction')
  return {
    root,
    has: (file) => existsSync(at(file)),
    read: (file) => readFileSync(at(file), 'utf8'),
    replace: (file, before, after) => {
      const text = readFileSync(at(file), 'utf8')
      if (!text.includes(before)) throw new Error(`${file} has no "${before}"`)
      writeFileSync(at(file), text.replace(before, after))
    },
    plant: (file, text) => {
      mkdirSync(path.dirname(at(file)), { recursive: true })
      const before = existsSync(at(file)) ? readFileSync(at(file), 'utf8') : ''
      appendFileSync(at(file), `${text}\n`)
      return before.split('\n').length
    },
    filesIn: (folder) =>
      (existsSync(at(folder)) ? readdirSync(at(folder)) : [])
        .filter((name) => /\.tsx?$/.test(name))
        .sort()
        .map((name) => `${folder}/${name}`),
    run: (file, ...args) =>
      new Promise((resolve) => {
        execFile(process.execPath, [at(file), ...args], { cwd: root, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
          resolve({ code, output: stdout === '' ? stderr : stdout })
        })
      }),
    remove: () => {
      rmSync(root, { recursive: true, force: true })
    },
  }
}
