/** The variables of the process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The one place that reads the environment of the process; everyone else is handed it. */
export const systemEnvironment: Environment = process.env
