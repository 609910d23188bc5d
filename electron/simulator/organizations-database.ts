import { formulaDate, linkedIndexes, linksTo, membersFor, optionsOf, orNothing, PEOPLE, TASKS } from './fillings.ts'
import type { DatabasePlan, PageSeed } from './property-types.ts'
import { textItem } from './rich-text.ts'
import { BODIES, bodyNameAt, capitalised, paragraph, PLACES, SUBJECTS, TOPICS } from './wording.ts'

const CATEGORIES = optionsOf(...new Set(BODIES.map(([, category]) => category)))
const STANDINGS = optionsOf('Unknown', 'Cooperative', 'Reserved', 'Closed')
const FIELDS = optionsOf(...TOPICS)

const domainOf = (page: PageSeed): string =>
  `${bodyNameAt(page.seed, page.index).name.toLowerCase().replaceAll(' ', '-')}.example.org`

export const organizationsDatabase: DatabasePlan = {
  title: 'Organizations & Bodies',
  emoji: '🏛️',
  properties: [
    { key: 'title', name: 'Name', type: 'title', fill: (page) => [textItem(bodyNameAt(page.seed, page.index).name)] },
    {
      key: 'cAt>',
      name: 'Category',
      type: 'select',
      options: CATEGORIES,
      fill: (page) => CATEGORIES.find((option) => option.name === bodyNameAt(page.seed, page.index).category) ?? null,
    },
    {
      key: 'fId~',
      name: 'Fields',
      type: 'multi_select',
      options: FIELDS,
      fill: (_page, random) => random.some(FIELDS, random.below(4)),
    },
    {
      key: 'sTd:',
      name: 'Standing',
      type: 'status',
      options: STANDINGS,
      fill: (_page, random) => random.pick(STANDINGS),
    },
    {
      key: 'dSc@',
      name: 'Description',
      type: 'rich_text',
      fill: (page, random) =>
        random.chance(0.15)
          ? []
          : [
              textItem(`${capitalised(random.pick(SUBJECTS))} is its main concern in ${random.pick(PLACES)}. `),
              textItem('Its own account', { href: `https://${domainOf(page)}/about` }),
            ],
    },
    {
      key: 'wEb|',
      name: 'Website',
      type: 'url',
      fill: (page, random) => orNothing(random, 0.1, `https://${domainOf(page)}`),
    },
    {
      key: 'eMa?',
      name: 'Email',
      type: 'email',
      fill: (page, random) => orNothing(random, 0.2, `office@${domainOf(page)}`),
    },
    {
      key: 'pHo=',
      name: 'Phone',
      type: 'phone_number',
      fill: (_page, random) => orNothing(random, 0.2, `+44 20 7946 0${String(random.below(1000)).padStart(3, '0')}`),
    },
    {
      key: 'fOu}',
      name: 'Founded',
      type: 'date',
      fill: (_page, random) =>
        orNothing(random, 0.2, {
          start: `${1850 + random.below(170)}-0${1 + random.below(9)}-15`,
          end: null,
          time_zone: null,
        }),
    },
    {
      key: 'bUd{',
      name: 'Budget',
      type: 'number',
      format: 'pound',
      fill: (_page, random) => orNothing(random, 0.3, random.below(900) * 25_000),
    },
    {
      key: 'mEm^',
      name: 'People',
      type: 'relation',
      to: PEOPLE,
      fill: (page, random) => linksTo(page, PEOPLE, linkedIndexes(page, random, 5)),
    },
    {
      key: 'tSk;',
      name: 'Tasks',
      type: 'relation',
      to: TASKS,
      fill: (page, random) => linksTo(page, TASKS, linkedIndexes(page, random, 27)),
    },
    {
      key: 'aVg[',
      name: 'Average effort',
      type: 'rollup',
      rollup: { relation: 'Tasks', property: 'Effort', function: 'average' },
    },
    {
      key: 'sCr]',
      name: 'Budget in thousands',
      type: 'formula',
      expression: 'prop("Budget") / 1000',
      fill: (page) => {
        const budget = page.own('Budget')
        return { type: 'number', number: typeof budget === 'number' ? budget / 1000 : null }
      },
    },
    {
      key: 'nXt"',
      name: 'Next review',
      type: 'formula',
      expression: 'dateAdd(prop("Created"), 1, "years")',
      fill: (page) => formulaDate(Math.floor(page.createdMs / 60_000) * 60_000 + 365 * 86_400_000),
    },
    { key: 'oWn`', name: 'Account owners', type: 'people', fill: (page, random) => membersFor(page, random, 9) },
    { key: 'wAt<', name: 'Watched', type: 'checkbox', fill: (_page, random) => random.chance(0.3) },
    {
      key: 'lOg,',
      name: 'Logo',
      type: 'files',
      fill: (page, random) => (random.chance(0.5) ? [] : [page.hostedFile('logo.png')]),
    },
    { key: 'oId%', name: 'Body ID', type: 'unique_id', prefix: 'ORG' },
    { key: 'cRes', name: 'Created', type: 'created_time' },
    { key: 'lBy!', name: 'Last edited by', type: 'last_edited_by' },
  ],
  markdown: (page) => {
    const random = page.stream(3)
    return `## What it does\n${paragraph(random, random.pick(SUBJECTS))}\n\n## Open questions\n- Who decides on the budget?\n- When does the board meet next?\n`
  },
}
