import { expect, test } from 'vitest'
import { z } from 'zod'
import { failureOfRefusal, isRateLimit } from '../../electron/engine/notion/failures.ts'
import { answering, startAnsweringServer } from '../support/answering-server.ts'
import { requestsAt } from '../support/notion-at.ts'
import { describeRecordings, recordings } from '../support/recordings.ts'

const errorSchema = z.object({ status: z.int(), code: z.string(), message: z.string() })

/** What each recorded status has to come to. */
const KINDS: Readonly<Record<number, { readonly kind: string; readonly about: string }>> = {
  400: { kind: 'permanent', about: expect.stringMatching(/^(?:request|way)$/) },
  401: { kind: 'permanent', about: 'token' },
  404: { kind: 'permanent', about: 'missing object' },
  429: { kind: 'rate-limited', about: 'way' },
  503: { kind: 'transient', about: 'way' },
}

describeRecordings('A recorded error', () => {
  test.each(recordings('api', /^(?:hkob\.)?error\./))(
    '$name becomes a failure with its code, in plain words',
    async ({ body }) => {
      const { status, code, message } = errorSchema.parse(body)
      const { url } = await startAnsweringServer(answering(status, body))
      const answer = await requestsAt(url).page('153104cd-477e-809d-8dc4-ff2d96ae3090')
      if (answer.kind !== 'refused') throw new Error(`no refusal: ${answer.kind}`)
      expect(answer).toMatchObject({ status, code, message })
      expect(isRateLimit(answer)).toBe(status === 429)
      const failure = failureOfRefusal(answer)
      expect(failure).toMatchObject({ code, ...KINDS[status] })
      expect(failure.message).toMatch(/^Notion[^{}[\]]{20,}/)
    },
  )
})
