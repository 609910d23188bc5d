import { createRandom, mix } from './seeded-random.ts'
import { personName } from './wording.ts'
import { seededUuid } from './workspace-ids.ts'

/** A person with an account in the workspace, in the shape of the API's user object. */
export interface Member {
  readonly object: 'user'
  readonly id: string
  readonly name: string
  readonly avatar_url: null
  readonly type: 'person'
  readonly person: { readonly email: string }
}

/** More than one page of a property's list (100) can hold. */
const MEMBER_COUNT = 140

export const createMembers = (seed: number): readonly Member[] =>
  Array.from({ length: MEMBER_COUNT }, (_none, index) => {
    const name = personName(createRandom(mix(seed, 900, index)))
    const mailbox = `${name.toLowerCase().replaceAll(' ', '.')}.${index + 1}`
    return {
      object: 'user',
      id: seededUuid(seed, 901, index),
      name,
      avatar_url: null,
      type: 'person',
      person: { email: `${mailbox}@staff.example.org` },
    }
  })
