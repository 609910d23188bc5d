import { createRandom, mix, type Random } from './seeded-random.ts'

/** The words that the workspace is written in. Every person, place and body in it is invented. */

const FIRST_NAMES = [
  ...['Adela', 'Bram', 'Cosima', 'Dorian', 'Elspeth', 'Fenella', 'Gideon', 'Hester', 'Ivo', 'Jorunn', 'Kasimir'],
  ...['Lavinia', 'Magnus', 'Nerys', 'Ottilie', 'Piers', 'Quilla', 'Rafe', 'Sunniva', 'Tobias', 'Una', 'Vaughan'],
  ...['Wilhelmina', 'Xenia', 'Yorick', 'Zelda', 'Ambrose', 'Briony', 'Caspar', 'Delphine', 'Emeric', 'Freya'],
]

const SURNAMES = [
  ...['Brackenholt', 'Tamsworth', 'Ellingray', 'Osterfield', 'Penhallick', 'Quarrow', 'Saltmarch', 'Thistlewick'],
  ...['Underhay', 'Vellacroft', 'Wychbold', 'Yarrowby', 'Ashgarth', 'Birkendale', 'Coldrake', 'Dunmallow'],
  ...['Eastergate', 'Fennimoor', 'Gorsewell', 'Haverstrand', 'Inchmere', 'Jessopine', 'Kettlerig', 'Larkhollow'],
  ...['Merrowdown', 'Nettlebeck', 'Orlestone', 'Pinderfield', 'Rookhurst', 'Skelderskew', 'Trevanick', 'Windlestraw'],
]

export const PLACES = [
  ...['Eastmere', 'Calderhaven', 'Northquay', 'Thornley Sound', 'Port Averil', 'Saltwick', 'Hollin Bay', 'Marrowford'],
  ...['Greystrand', 'Wexholm', 'Lower Tarn', 'Kingsferry', 'Ambleside Reach', 'Fallowmoor', 'Stonebridge Isle'],
]

export const SUBJECTS = [
  ...['harbour lease', 'flood defence levy', 'bus depot relocation', 'school meals contract', 'library opening hours'],
  ...['coastal path closure', 'market hall refurbishment', 'water metering trial', 'night ferry timetable'],
  ...['housing allocation rules', 'cycle lane extension', 'waste collection tender', 'terminal safety audit'],
  ...['heritage grant scheme', 'quarry restoration plan', 'data sharing agreement', 'parking permit review'],
  ...['river dredging schedule', 'youth centre funding', 'planning appeal backlog', 'street lighting upgrade'],
  ...['fishing quota consultation', 'hospital transport service', 'emergency shelter register', 'port security drill'],
]

export const TASK_VERBS = [
  ...['Prepare briefing on', 'Draft reply about', 'Collect figures for', 'Arrange meeting on', 'Check sources for'],
  ...['Summarise evidence on', 'Review contract for', 'Follow up on', 'Publish note on', 'Verify minutes about'],
  ...['Request documents on', 'Plan interview about'],
]

export const ROLES = [
  ...['Harbour master', 'Committee clerk', 'Policy adviser', 'Procurement officer', 'Town planner', 'Union delegate'],
  ...['Local historian', 'Chief engineer', 'Press officer', 'Ward councillor', 'Records manager', 'Trustee'],
]

/** Kinds of organisation, each with the category it belongs to. */
export const BODIES = [
  ...([
    ['Harbour Authority', 'Public body'],
    ['Borough Council', 'Public body'],
    ['Planning Board', 'Public body'],
  ] as const),
  ...([
    ['Housing Trust', 'Charity'],
    ['Heritage Society', 'Charity'],
    ['Food Bank Network', 'Charity'],
  ] as const),
  ...([
    ['Ferry Company', 'Company'],
    ['Water Works', 'Company'],
    ['Quarry Partners', 'Company'],
  ] as const),
  ...([
    ['Fishers Cooperative', 'Association'],
    ['Tenants Forum', 'Association'],
    ['Dock Workers Union', 'Association'],
  ] as const),
  ...([
    ['Evening Courier', 'Press'],
    ['Community Radio', 'Press'],
  ] as const),
] as const

export const TOPICS = ['Transport', 'Housing', 'Budget', 'Environment', 'Procurement', 'Education', 'Health', 'Culture']

const STATEMENTS = [
  'The figures for the $subject were only shared a day before the meeting, so nobody had time to check them.',
  'We were told in $place that the old agreement still holds until the end of the next quarter.',
  'I would not call it a delay; the inspection simply found more than anybody expected.',
  'What matters to residents is whether the $subject will cost them more than last year.',
  'There are two versions of that document, and only the later one mentions $place.',
  'Nobody on the committee voted against it, but three members left the room before the vote.',
  'If the $subject goes ahead as planned, the work starts in spring and ends before the ferry season.',
  'The contractor has asked for an extension, and we have not answered yet.',
  'I can send the correspondence, with the names of private people removed.',
  'Honestly, the best source on this is the ledger in the $place office.',
]

export const personName = (random: Random): string => `${random.pick(FIRST_NAMES)} ${random.pick(SURNAMES)}`

/** The name that the person at this place of the people database was generated with. */
export const personNameAt = (seed: number, index: number): string => personName(createRandom(mix(seed, 910, index)))

export interface BodyName {
  readonly name: string
  readonly category: string
}

/** The name that the body at this place of the organizations database was generated with. */
export const bodyNameAt = (seed: number, index: number): BodyName => {
  const random = createRandom(mix(seed, 911, index))
  const [kind, category] = random.pick(BODIES)
  return { name: `${random.pick(PLACES)} ${kind}`, category }
}

export const statement = (random: Random, subject: string): string =>
  random.pick(STATEMENTS).replace('$subject', subject).replace('$place', random.pick(PLACES))

export const paragraph = (random: Random, subject: string): string =>
  random
    .some(STATEMENTS, 2 + random.below(3))
    .map((text) => text.replace('$subject', subject).replace('$place', random.pick(PLACES)))
    .join(' ')

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
