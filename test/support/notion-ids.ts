/** Ids in their stored form that can be told apart at a glance: the same number gives the same id. */
export const notionId = (number: number): string => number.toString(16).padStart(32, '0')
