import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Program {
  readonly ready: Readonly<Record<string, unknown>>
  readonly child: ChildProcess
  stop(): Promise<void>
}

/** Starts a program of the project in a process of its own; resolves with what its `ready` line says. */
export const startProgram = async (
  file: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<Program> => {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [...flags, path, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) {
    if (!line.startsWith('ready ')) continue
    return {
      ready: JSON.parse(line.slice(6)) as Record<string, unknown>,
      child,
      stop: async () => {
        child.kill('SIGTERM')
        await once(child, 'exit')
      },
    }
  }
  throw new Error(`${file} ended before it was ready`)
}

/** Runs a program of the project to its end, with this text on its standard input. */
export const runToEnd = async (file: string, args: readonly string[], input = ''): Promise<void> => {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(input)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${file} ended with ${code ?? 'a signal'}`)
}
