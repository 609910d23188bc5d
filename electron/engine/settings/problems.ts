/** A place in the settings file; lines count from 1. */
export interface Place {
  readonly offset: number
  readonly line: number
}

/** Something a person has to put right: a sentence without the file and the line in front. */
export interface Problem {
  readonly place: Place
  readonly sentence: string
}

/** The problem that stands first in the file; of several at one place, the first of the list. */
export const firstProblem = (problems: readonly Problem[]): Problem | undefined =>
  problems.reduce<Problem | undefined>(
    (first, problem) => (first === undefined || problem.place.offset < first.place.offset ? problem : first),
    undefined,
  )
