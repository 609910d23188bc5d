/** The answer to a delivery. `reason` is null when the event was queued; `event_id` is null where none is known. */
export interface DeliveryAnswer {
  readonly status: 'queued' | 'duplicate' | 'ignored' | 'rejected' | 'unavailable'
  readonly event_id: string | null
  readonly reason: string | null
}
