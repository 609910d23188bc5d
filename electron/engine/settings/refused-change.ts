import { errorText } from '../foundation/errors.ts'

/** Changes what is kept; gives what keeps it from being done, for a person, or null where it was done. */
export const refusalOf = async (change: () => Promise<string | null>): Promise<string | null> => {
  try {
    return await change()
  } catch (error) {
    return `The disk refuses, and nothing was changed: ${errorText(error)}. Check its space, then repeat it.`
  }
}
