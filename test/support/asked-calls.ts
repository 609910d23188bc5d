import type { Call } from '../../electron/console/client.ts'
import { type CallHandlers, type CallInput, type CallName, CALLS } from '../../shared/bridge.ts'
import { emptyCalls } from './console-options.ts'

/** Calls that are answered by these handlers, and what was asked, in order; shapes are checked as on the wire. */
export const createAskedCalls = (handlers: Partial<CallHandlers> = {}) => {
  const asked: { readonly name: CallName; readonly input: unknown }[] = []
  const all = emptyCalls(handlers)
  const call: Call = async (name, input) => {
    asked.push({ name, input })
    CALLS[name].input.parse(input)
    const handler = all[name] as (input: CallInput<typeof name>) => ReturnType<typeof call<typeof name>>
    return handler(input)
  }
  return { call, asked }
}
