/**
 * Loaded before a program that scripts/run.mjs starts, which has a process group of its own. When whoever started it
 * is killed without a chance to pass that on, the program ends the same way: nobody would be left to end it.
 */
import { isMainThread } from 'node:worker_threads'

// Programs that this one starts may load this file too; they have another parent.
if (isMainThread && process.channel && process.env.RUN_PARENT === String(process.ppid)) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}
