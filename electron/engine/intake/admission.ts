import type { DeliveryAnswer } from '../../../shared/deliveries.ts'
import { type EventStore, type StoredEvent, UNWATCHED } from '../queue/event-store.ts'
import type { QueueNotes } from '../queue/notes.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { Filter, FilterResult } from './filter.ts'
import { type ReceivedEvent, readEvent } from './received-event.ts'

/** Takes authentic bodies in: stores what has to be stored, then says what became of it. */
export interface Admission {
  /** Resolves when the event is durable, or found not to need it. Never rejects. */
  admit(raw: Buffer): Promise<DeliveryAnswer>
}

export interface AdmissionParts {
  readonly store: EventStore
  readonly notes: QueueNotes
  readonly commits: GroupCommit
  readonly filter: Filter
  readonly log: Log
  readonly now: () => number
  /** A job was stored. */
  readonly onQueued: () => void
  /** What keeps deliveries from being taken; null: nothing any more. */
  readonly onTrouble: (message: string | null) => void
}

const FULL = 'the queue is full'
const REFUSED = 'the disk refuses to store the event'

const answer = (status: DeliveryAnswer['status'], id: string, reason: string | null): DeliveryAnswer => ({
  status,
  event_id: id,
  reason,
})

const TOKEN_AGAIN = 'verification token sent again'

/** A token is no event: it is never a duplicate, whether it came before or not. */
const knownAnswer = ({ id, kind }: ReceivedEvent): DeliveryAnswer =>
  kind === 'verification-token' ? answer('ignored', id, TOKEN_AGAIN) : answer('duplicate', id, 'received before')

export const createAdmission = (parts: AdmissionParts): Admission => {
  const { store, notes, commits, filter, log, now, onQueued, onTrouble } = parts
  /** The disk refused the note as well: it is made with the next commit that goes through. */
  let owesCatchUpNote = false

  const storedEvent = (received: ReceivedEvent, result: FilterResult | null, receivedAt: number): StoredEvent => ({
    id: received.id,
    type: received.kind === 'event' ? received.body.type : null,
    entity: result?.entity ?? null,
    sourceId: result?.sourceId ?? null,
    receivedAt,
    body: received.kind === 'verification-token' ? null : received.text,
  })

  /** What the event would be answered if it were not known yet and could be stored. */
  const judge = (received: ReceivedEvent): { result: FilterResult | null; reason: string | null } => {
    if (received.kind === 'verification-token') return { result: null, reason: TOKEN_AGAIN }
    if (received.kind === 'unreadable') return { result: null, reason: 'the body is no event that can be read' }
    const result = filter(received.body)
    return { result, reason: result.passes ? null : result.reason }
  }

  /** Within a transaction. True where the note was owed; it is made now. */
  const payCatchUpNote = (at: number): boolean => {
    if (owesCatchUpNote) notes.noteCatchUpDue(at)
    return owesCatchUpNote
  }

  /** Within a transaction. */
  const take = (received: ReceivedEvent, receivedAt: number): DeliveryAnswer => {
    if (store.isKnown(received.id)) return knownAnswer(received)
    const { result, reason } = judge(received)
    const event = storedEvent(received, result, receivedAt)
    if (result?.passes !== true) {
      store.ignore(event, reason ?? '')
      if (result !== null && result.lookUp !== null) store.enqueueInternal(result.lookUp, receivedAt)
      return answer('ignored', received.id, reason)
    }
    if (store.enqueue(event, result.entity) === 'queued') return answer('queued', received.id, null)
    notes.noteCatchUpDue(receivedAt)
    return answer('unavailable', received.id, FULL)
  }

  /** Nothing can be stored: what needs no storing is answered all the same, so that Notion does not repeat it. */
  const withoutDisk = async (received: ReceivedEvent): Promise<DeliveryAnswer> => {
    try {
      if (store.isKnown(received.id)) {
        // The first of its kind may be on its way to the disk at this moment.
        await commits.flushed()
        return knownAnswer(received)
      }
      const { reason } = judge(received)
      // One of a database that is not watched is taken up when that turns out to be: it has to be stored.
      if (reason !== null && reason !== UNWATCHED) return answer('ignored', received.id, reason)
    } catch (error) {
      log.error({ event: received.id, error: errorText(error) }, 'The queue cannot be read, or not be flushed')
    }
    return answer('unavailable', received.id, REFUSED)
  }

  return {
    admit: async (raw) => {
      const received = readEvent(raw)
      const receivedAt = now()
      try {
        const { isPaid, result } = await commits.run(() => ({
          isPaid: payCatchUpNote(receivedAt),
          result: take(received, receivedAt),
        }))
        // Not in any other case: a neighbour of the same commit may have failed, and owes the note since.
        if (isPaid) owesCatchUpNote = false
        if (result.status === 'queued' || result.status === 'ignored') onQueued()
        if (result.status === 'queued' || isPaid) onTrouble(null)
        return result
      } catch (error) {
        log.error({ event: received.id, error: errorText(error) }, 'The event could not be stored')
        // It stands in the queue all the same: only whether it would outlive a power cut is not known.
        if (commits.isInDoubt()) onQueued()
        const result = await withoutDisk(received)
        if (result.status !== 'unavailable') return result
        owesCatchUpNote = true
        onTrouble(`Deliveries cannot be stored: ${errorText(error)}. Check the space on the disk of the data folder.`)
        return result
      }
    },
  }
}
