import {
  dayNear,
  linkedIndexes,
  linksTo,
  membersFor,
  optionName,
  optionsOf,
  ORGANIZATIONS,
  orNothing,
  PEOPLE,
  startOf,
  TRANSCRIPTS,
} from './fillings.ts'
import type { DatabasePlan, PageSeed } from './property-types.ts'
import { memberMention, textItem } from './rich-text.ts'
import { paragraph, PLACES, statement, SUBJECTS, TASK_VERBS, TOPICS } from './wording.ts'

const STATES = optionsOf('Not started', 'In progress', 'Done')
const PRIORITIES = optionsOf('Low', 'Normal', 'High', 'Urgent')
const TAGS = optionsOf(...TOPICS)

const subjectOf = (page: PageSeed): string => page.stream(1).pick(SUBJECTS)

const nameOf = (page: PageSeed): string => {
  const random = page.stream(2)
  const task = `${random.pick(TASK_VERBS)} ${subjectOf(page)}`
  return random.chance(0.3) ? `${task} in ${random.pick(PLACES)}` : task
}

export const tasksDatabase: DatabasePlan = {
  title: 'Actionable Tasks',
  emoji: '✅',
  properties: [
    { key: 'title', name: 'Task', type: 'title', fill: (page) => [textItem(nameOf(page))] },
    { key: 'sTt>', name: 'Status', type: 'status', options: STATES, fill: (_page, random) => random.pick(STATES) },
    {
      key: 'pRi~',
      name: 'Priority',
      type: 'select',
      options: PRIORITIES,
      fill: (_page, random) => orNothing(random, 0.15, random.pick(PRIORITIES)),
    },
    {
      key: 'tAg:',
      name: 'Tags',
      type: 'multi_select',
      options: TAGS,
      fill: (_page, random) => random.some(TAGS, random.below(4)),
    },
    {
      key: 'dUe@',
      name: 'Due',
      type: 'date',
      fill: (page, random) => orNothing(random, 0.2, { start: dayNear(page, random, 60), end: null, time_zone: null }),
    },
    {
      key: 'wOr|',
      name: 'Working days',
      type: 'date',
      fill: (page, random) => {
        const start = dayNear(page, random, 20)
        const end = new Date(Date.parse(start) + (1 + random.below(9)) * 86_400_000).toISOString().slice(0, 10)
        return orNothing(random, 0.5, { start, end, time_zone: null })
      },
    },
    {
      key: 'nOt?',
      name: 'Notes',
      type: 'rich_text',
      fill: (page, random) =>
        random.chance(0.2)
          ? []
          : [textItem(statement(random, subjectOf(page))), textItem(' Ask '), memberMention(random.pick(page.members))],
    },
    { key: 'aSg=', name: 'Assignees', type: 'people', fill: (page, random) => membersFor(page, random, 9) },
    {
      key: 'cOn}',
      name: 'Contacts',
      type: 'relation',
      to: PEOPLE,
      fill: (page, random) => linksTo(page, PEOPLE, linkedIndexes(page, random, 21)),
    },
    {
      key: 'eMl{',
      name: 'Contact emails',
      type: 'rollup',
      rollup: { relation: 'Contacts', property: 'Email', function: 'show_original' },
    },
    {
      key: 'tRn^',
      name: 'Transcripts',
      type: 'relation',
      to: TRANSCRIPTS,
      fill: (page, random) => linksTo(page, TRANSCRIPTS, linkedIndexes(page, random, 7)),
    },
    {
      key: 'oRg;',
      name: 'Organization',
      type: 'relation',
      to: ORGANIZATIONS,
      fill: (page, random) => linksTo(page, ORGANIZATIONS, linkedIndexes(page, random, 29).slice(0, 1)),
    },
    {
      key: 'eFt[',
      name: 'Effort',
      type: 'number',
      format: 'number',
      fill: (_page, random) => orNothing(random, 0.1, (1 + random.below(16)) / 2),
    },
    {
      key: 'fIn]',
      name: 'Is open',
      type: 'formula',
      expression: 'prop("Status") != "Done"',
      fill: (page) => ({ type: 'boolean', boolean: optionName(page.own('Status')) !== 'Done' }),
    },
    {
      key: 'dEa"',
      name: 'Deadline',
      type: 'formula',
      expression: 'prop("Due")',
      fill: (page) => {
        const start = startOf(page.own('Due'))
        return { type: 'date', date: start === null ? null : { start, end: null, time_zone: null } }
      },
    },
    { key: 'dOn`', name: 'Mark done', type: 'button' },
    {
      key: 'fLs<',
      name: 'Attachments',
      type: 'files',
      fill: (page, random) =>
        random.chance(0.7)
          ? []
          : [
              {
                name: 'checklist.pdf',
                type: 'external',
                external: { url: `https://files.example.org/checklist/${page.index}.pdf` },
              },
            ],
    },
    { key: 'tId,', name: 'Task ID', type: 'unique_id', prefix: 'TASK' },
    { key: 'cRea', name: 'Created', type: 'created_time' },
    { key: 'lEd%', name: 'Last edited', type: 'last_edited_time' },
  ],
  markdown: (page) => {
    const random = page.stream(3)
    const subject = subjectOf(page)
    return `${paragraph(random, subject)}\n\n- [ ] Read the file on the ${subject}\n- [x] Agree on a deadline\n`
  },
}
