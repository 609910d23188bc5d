import {
  formulaDate,
  isLongAt,
  linkedIndexes,
  linksTo,
  membersFor,
  optionsOf,
  ORGANIZATIONS,
  orNothing,
  PEOPLE,
} from './fillings.ts'
import type { DatabasePlan, PageSeed } from './property-types.ts'
import { memberMention, pageMention, type RichText, textItem } from './rich-text.ts'
import { capitalised, paragraph, personName, personNameAt, PLACES, statement, SUBJECTS } from './wording.ts'

const SOURCES = optionsOf('Interview', 'Phone call', 'Committee hearing', 'Site visit')
const STATES = optionsOf('Raw', 'Reviewed', 'Filed')
const SPEAKERS_SALT = 101
const MENTIONS_LONG_AT = 11
const TITLE_LONG_AT = 13

const subjectOf = (page: PageSeed): string => page.stream(1).pick(SUBJECTS)

const sourceOf = (page: PageSeed) => page.stream(2).pick(SOURCES)

const speakersOf = (page: PageSeed): readonly number[] => linkedIndexes(page, page.stream(SPEAKERS_SALT), 17)

const speakerName = (page: PageSeed): string => {
  const first = speakersOf(page)[0]
  return first === undefined ? personName(page.stream(3)) : personNameAt(page.seed, first)
}

const heading = (page: PageSeed): string => {
  switch (sourceOf(page).name) {
    case 'Interview':
      return `Interview with ${speakerName(page)} on the ${subjectOf(page)}`
    case 'Phone call':
      return `Call with ${speakerName(page)}: ${subjectOf(page)}`
    case 'Committee hearing':
      return `Committee hearing on the ${subjectOf(page)}`
    default:
      return `Site visit at ${page.stream(4).pick(PLACES)}: ${subjectOf(page)}`
  }
}

const titleOf = (page: PageSeed): readonly RichText[] => {
  if (!isLongAt(page.index, TITLE_LONG_AT)) return [textItem(heading(page))]
  const present = page.stream(5).some(page.members, 28)
  return [textItem('Assembly attended by '), ...present.flatMap((member) => [memberMention(member), textItem(' ')])]
}

const summaryOf = (page: PageSeed): readonly RichText[] => {
  const random = page.stream(6)
  if (random.chance(0.1)) return []
  const first = speakersOf(page)[0]
  const mentioned = isLongAt(page.index, MENTIONS_LONG_AT) ? 30 + random.below(90) : random.below(2)
  return [
    textItem(`${capitalised(subjectOf(page))}: `, { bold: true }),
    textItem(statement(random, subjectOf(page))),
    ...(first === undefined
      ? []
      : [textItem(' See '), pageMention(page.idOf(PEOPLE, first), personNameAt(page.seed, first))]),
    ...random.some(page.members, mentioned).flatMap((member) => [textItem(' · for '), memberMention(member)]),
  ]
}

const conversation = (page: PageSeed): string => {
  const random = page.stream(7)
  const voices = [speakerName(page), personName(random)]
  return Array.from(
    { length: 4 + random.below(5) },
    (_none, at) => `**${voices[at % 2] ?? ''}:** ${statement(random, subjectOf(page))}`,
  ).join('\n\n')
}

export const transcriptsDatabase: DatabasePlan = {
  title: 'Intelligence & Transcripts',
  emoji: '🎙️',
  properties: [
    { key: 'title', name: 'Title', type: 'title', fill: titleOf },
    { key: 'sM%y', name: 'Summary', type: 'rich_text', fill: summaryOf },
    { key: 'sRc~', name: 'Source', type: 'select', options: SOURCES, fill: sourceOf },
    { key: 'st;T', name: 'State', type: 'status', options: STATES, fill: (_page, random) => random.pick(STATES) },
    {
      key: 'rEc>',
      name: 'Recorded',
      type: 'date',
      fill: (page, random) => {
        const startMs = page.createdMs - random.below(72) * 900_000
        const iso = (ms: number): string => new Date(ms).toISOString().replace('Z', '+00:00')
        return { start: iso(startMs), end: orNothing(random, 0.3, iso(startMs + 2_700_000)), time_zone: null }
      },
    },
    {
      key: 'dUr?',
      name: 'Minutes',
      type: 'number',
      format: 'number',
      fill: (_page, random) => orNothing(random, 0.1, 5 + random.below(115)),
    },
    {
      key: 'Spk}',
      name: 'Speakers',
      type: 'relation',
      to: PEOPLE,
      fill: (page) => linksTo(page, PEOPLE, speakersOf(page)),
    },
    {
      key: 'oRg|',
      name: 'Organizations',
      type: 'relation',
      to: ORGANIZATIONS,
      fill: (page, random) => linksTo(page, ORGANIZATIONS, linkedIndexes(page, random, 19)),
    },
    { key: 'pEo@', name: 'Present', type: 'people', fill: (page, random) => membersFor(page, random, 23) },
    {
      key: 'aUd=',
      name: 'Recording',
      type: 'files',
      fill: (page, random) =>
        random.chance(0.3)
          ? []
          : [
              page.hostedFile('recording.m4a'),
              {
                name: 'agenda.pdf',
                type: 'external',
                external: { url: `https://files.example.org/agenda/${page.index}.pdf` },
              },
            ],
    },
    {
      key: 'lNk:',
      name: 'Link',
      type: 'url',
      fill: (page, random) => orNothing(random, 0.5, `https://hearings.example.org/session/${page.index}`),
    },
    { key: 'cNf!', name: 'Confidential', type: 'checkbox', fill: (_page, random) => random.chance(0.2) },
    {
      key: 'vRf^',
      name: 'Verification',
      type: 'verification',
      fill: (page, random) =>
        random.chance(0.5)
          ? { state: 'unverified', date: null, verified_by: null }
          : {
              state: 'verified',
              date: { start: new Date(page.createdMs).toISOString(), end: null, time_zone: null },
              verified_by: random.pick(page.members),
            },
    },
    {
      key: 'rVw{',
      name: 'Review by',
      type: 'formula',
      expression: 'dateAdd(prop("Created"), 14, "days")',
      fill: (page) => formulaDate(Math.floor(page.createdMs / 60_000) * 60_000 + 14 * 86_400_000),
    },
    { key: 'tId[', name: 'Transcript ID', type: 'unique_id', prefix: 'TRN' },
    { key: 'bTn]', name: 'File it', type: 'button' },
    { key: 'cRtd', name: 'Created', type: 'created_time' },
    { key: 'cBy`', name: 'Transcribed by', type: 'created_by' },
    { key: 'lBy<', name: 'Reviewed by', type: 'last_edited_by' },
  ],
  markdown: (page) => {
    const random = page.stream(8)
    const subject = subjectOf(page)
    return [
      `## Summary\n${paragraph(random, subject)}`,
      `## Transcript\n${conversation(page)}`,
      `## Assessment\n${paragraph(random, subject)}`,
      `## Next steps\n- [ ] Check the figures on the ${subject}\n- [ ] Send the transcript for approval`,
    ].join('\n\n')
  },
}
