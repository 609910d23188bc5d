import type { Member } from './members.ts'

export interface RichText {
  readonly type: 'text' | 'mention'
  readonly plain_text: string
  readonly [field: string]: unknown
}

const PLAIN = { bold: false, italic: false, strikethrough: false, underline: false, code: false, color: 'default' }

export const textItem = (
  content: string,
  style: { readonly bold?: boolean; readonly href?: string } = {},
): RichText => ({
  type: 'text',
  text: { content, link: style.href === undefined ? null : { url: style.href } },
  annotations: { ...PLAIN, bold: style.bold ?? false },
  plain_text: content,
  href: style.href ?? null,
})

export const memberMention = (member: Member): RichText => ({
  type: 'mention',
  mention: { type: 'user', user: member },
  annotations: PLAIN,
  plain_text: `@${member.name}`,
  href: null,
})

export const pageMention = (id: string, title: string): RichText => ({
  type: 'mention',
  mention: { type: 'page', page: { id } },
  annotations: PLAIN,
  plain_text: title,
  href: `https://www.notion.so/${id.replaceAll('-', '')}`,
})

/** Takes any value; gives the text of a list of rich text items, and an empty text for everything else. */
export const plainText = (value: unknown): string =>
  Array.isArray(value) ? value.map((item: RichText) => item.plain_text).join('') : ''
