import type { Simulator } from '../../electron/simulator/server.ts'

/** The paths of all requests that the simulator was asked for while `work` ran, in order. */
export const pathsAskedFor = async (simulator: Simulator, work: () => Promise<unknown>): Promise<readonly string[]> => {
  const asked: string[] = []
  simulator.beforeAnswer(async (path) => {
    asked.push(path)
  })
  await work()
  simulator.beforeAnswer(null)
  return asked
}
