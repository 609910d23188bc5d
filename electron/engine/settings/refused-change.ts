import { errorText } from '../foundation/errors.ts'

/** Why the secret that the settings name (at `where`) is not forgotten. */
export const secretIsFixed = (where: string): string =>
  `${where} is set, and cannot be forgotten from here. Remove it there, then start again.`

/** Changes what is kept; gives what keeps it from being done, for a person, or null where it was done. */
export const refusalOf = async (change: () => Promise<string | null>): Promise<string | null> => {
  try {
    return await change()
  } catch (error) {
    return `The disk refuses, and nothing was changed: ${errorText(error)}. Check its space, then repeat it.`
  }
}
