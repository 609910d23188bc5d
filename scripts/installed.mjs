import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

const versions = (lockText) => new Map(Object.entries(JSON.parse(lockText).packages))

/** npm keeps a list of what it installed: packages of other systems and this one's root are not in it. */
const isAsLocked = (lockText, installedText) => {
  if (installedText === undefined) return false
  const installed = versions(installedText)
  const locked = [...versions(lockText)].filter(([place]) => place !== '')
  return (
    locked.every(([place, { version, optional }]) => {
      const found = installed.get(place)
      return found === undefined ? optional === true : found.version === version
    }) && locked.length >= installed.size
  )
}

/** Gives the output of an installation that failed, undefined when all went well. Development tools are part of it. */
const install = (root) => {
  const npm = process.env.npm_execpath ?? ''
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  const isNpm = /npm-cli\.[cm]?js$/.test(npm)
  const options = { cwd: root, encoding: 'utf8', shell: !isNpm && process.platform === 'win32' }
  const { status, stdout, stderr, error } = isNpm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, options)
  return status === 0 ? undefined : [stdout, stderr, error?.message].filter(Boolean).join('\n')
}

/**
 * Makes node_modules what package-lock.json says, unless it is already: its stamp tells, or npm's own list.
 * Takes the project's folder and a program that has to be there afterwards. Gives what went wrong, or undefined.
 */
export const ensureInstalled = (root, program) => {
  const stampFile = path.join(root, 'node_modules/.setup-stamp')
  const lockText = readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const stamp = createHash('sha256').update(lockText).digest('hex')
  if (existsSync(program) && textOf(stampFile) === stamp) return undefined

  const isDone = existsSync(program) && isAsLocked(lockText, textOf(path.join(root, 'node_modules/.package-lock.json')))
  if (!isDone) {
    console.error('Installing dependencies: once, it takes a minute.')
    const problem = install(root)
    if (problem !== undefined) return `${problem}\nThe dependencies could not be installed (npm ci).`
    if (!existsSync(program)) return `npm ci has left no ${program}: were install scripts switched off?`
  }
  writeFileSync(stampFile, stamp)
  return undefined
}
