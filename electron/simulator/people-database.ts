import { dayNear, linkedIndexes, linksTo, membersFor, optionsOf, ORGANIZATIONS, orNothing, TASKS } from './fillings.ts'
import type { DatabasePlan, PageSeed } from './property-types.ts'
import { plainText, textItem } from './rich-text.ts'
import { bodyNameAt, paragraph, personName, personNameAt, ROLES, SUBJECTS, TOPICS } from './wording.ts'

const KINDS = optionsOf('Source', 'Official', 'Expert', 'Colleague')
const STANDINGS = optionsOf('New', 'Active', 'Dormant')
const TOPIC_OPTIONS = optionsOf(...TOPICS)

const nameOf = (page: PageSeed): string =>
  page.index < page.pagesPerDatabase ? personNameAt(page.seed, page.index) : personName(page.stream(1))

const mailbox = (page: PageSeed): string => nameOf(page).toLowerCase().replaceAll(' ', '.')

export const peopleDatabase: DatabasePlan = {
  title: 'People & Contacts',
  emoji: '👤',
  properties: [
    { key: 'title', name: 'Name', type: 'title', fill: (page) => [textItem(nameOf(page))] },
    {
      key: 'r:Lq',
      name: 'Role',
      type: 'rich_text',
      fill: (_page, random) => (random.chance(0.1) ? [] : [textItem(random.pick(ROLES))]),
    },
    {
      key: 'Kd~w',
      name: 'Kind',
      type: 'select',
      options: KINDS,
      fill: (_page, random) => orNothing(random, 0.1, random.pick(KINDS)),
    },
    {
      key: 'tO>k',
      name: 'Topics',
      type: 'multi_select',
      options: TOPIC_OPTIONS,
      fill: (_page, random) => random.some(TOPIC_OPTIONS, random.below(4)),
    },
    {
      key: 'sTn`',
      name: 'Standing',
      type: 'status',
      options: STANDINGS,
      fill: (_page, random) => random.pick(STANDINGS),
    },
    {
      key: 'em|1',
      name: 'Email',
      type: 'email',
      fill: (page, random) => orNothing(random, 0.15, `${mailbox(page)}@mail.example.org`),
    },
    {
      key: 'Ph?n',
      name: 'Phone',
      type: 'phone_number',
      fill: (_page, random) => orNothing(random, 0.3, `+44 20 7946 0${String(random.below(1000)).padStart(3, '0')}`),
    },
    {
      key: 'uRlp',
      name: 'Profile',
      type: 'url',
      fill: (page, random) => orNothing(random, 0.4, `https://people.example.org/${mailbox(page)}`),
    },
    {
      key: 'mT@d',
      name: 'First met',
      type: 'date',
      fill: (page, random) => orNothing(random, 0.2, { start: dayNear(page, random, 30), end: null, time_zone: null }),
    },
    { key: 'Tr{s', name: 'Trusted', type: 'checkbox', fill: (_page, random) => random.chance(0.4) },
    {
      key: 'Org=',
      name: 'Organizations',
      type: 'relation',
      to: ORGANIZATIONS,
      fill: (page, random) => linksTo(page, ORGANIZATIONS, linkedIndexes(page, random, 31)),
    },
    {
      key: 'tAs[',
      name: 'Tasks',
      type: 'relation',
      to: TASKS,
      fill: (page, random) => linksTo(page, TASKS, linkedIndexes(page, random, 7)),
    },
    {
      key: 'cnT]',
      name: 'Task count',
      type: 'rollup',
      rollup: { relation: 'Tasks', property: 'Task', function: 'count' },
    },
    { key: 'Mngr', name: 'Looked after by', type: 'people', fill: (page, random) => membersFor(page, random, 9) },
    {
      key: 'fLn^',
      name: 'Card',
      type: 'formula',
      expression: 'prop("Name") + " · " + prop("Role")',
      fill: (page) => ({ type: 'string', string: `${plainText(page.own('Name'))} · ${plainText(page.own('Role'))}` }),
    },
    {
      key: 'pHt;',
      name: 'Portrait',
      type: 'files',
      fill: (page, random) => (random.chance(0.6) ? [] : [page.hostedFile('portrait.jpg')]),
    },
    { key: 'cId"', name: 'Contact ID', type: 'unique_id', prefix: 'CON' },
    { key: 'cRt<', name: 'Added', type: 'created_time' },
    { key: 'cRby', name: 'Added by', type: 'created_by' },
    { key: 'eDt}', name: 'Changed', type: 'last_edited_time' },
  ],
  markdown: (page) => {
    const random = page.stream(2)
    const subject = random.pick(SUBJECTS)
    const works =
      page.pagesPerDatabase === 0
        ? ''
        : ` Known through the ${bodyNameAt(page.seed, random.below(page.pagesPerDatabase)).name}.`
    return `## Background\n${paragraph(random, subject)}${works}\n\n## How to reach\n- Best in the morning\n- Prefers a call before a meeting\n`
  },
}
