/** A Notion id as 32 lower-case hex digits: the one form in which ids are stored and compared. */
export type NotionId = string

const HEX_32 = /^[0-9a-f]{32}$/

/**
 * Brings an id to its stored form.
 * Takes an id with or without dashes, in any case. Gives null for anything that is no UUID.
 */
export const parseNotionId = (text: string): NotionId | null => {
  const hex = text.replaceAll('-', '').toLowerCase()
  return HEX_32.test(hex) ? hex : null
}

/** Whether two ids mean the same: in their stored form dashes and case are no difference. */
export const isSameId = (id: string, other: string): boolean =>
  (parseNotionId(id) ?? id) === (parseNotionId(other) ?? other)

/** Gives the dashed form that Notion's API prints; takes the stored form. */
export const dashedId = (id: NotionId): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`

/**
 * The digits that tell pages of one workspace apart in a file name.
 * The last ones, because ids of one workspace share their first digits.
 */
export const lastEight = (id: NotionId): string => id.slice(-8)
