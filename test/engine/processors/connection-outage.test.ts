import { describe, expect, test } from 'vitest'
import { openCachedWorkspace } from '../../support/cached-workspace.ts'
import { connect, watchedTitles } from '../../support/connected-workspace.ts'

const PEOPLE = 'People & Contacts'

/** What was asked meanwhile would be there when these have been answered. */
const othersAnswered = async (url: string): Promise<void> => {
  for (let nth = 0; nth < 5; nth += 1) await fetch(`${url}/simulator/faults`)
}

describe('while the queue stands still for an outage', () => {
  test('nothing is asked, and its end is enough for everything to be known', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const { connection, round, beginOutage, log } = await connect(cached)
    const { end } = beginOutage()
    const ended = round()
    await othersAnswered(cached.simulator.url)
    expect(cached.simulator.requests()).toBe(0)
    end()
    await ended
    expect(connection.workspace()).not.toBeNull()
    expect(connection.problems()).toEqual([])
    expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
    expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([])
  })

  test('a round that was due waits for its end, and what is known to be wrong stays told', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const { connection, round, beginOutage, clock } = await connect(cached)
    cached.simulator.failNext({ times: 1, status: 503 })
    await round()
    const { end } = beginOutage()
    clock.advance(3_600_000)
    await othersAnswered(cached.simulator.url)
    expect(cached.simulator.requests()).toBe(1)
    expect(clock.dueTimes()).toEqual([])
    expect(connection.problems()).toMatchObject([{ code: 'service_unavailable' }])
    end()
    await connection.stop()
    expect(connection.problems()).toEqual([])
    expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
  })

  test.each([
    ['/v1/users/me', ['/v1/users/me']],
    ['/v1/search', ['/v1/users/me', '/v1/search']],
  ])('a round goes no further than %s when it begins there', async (path, before) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const { connection, round, beginOutage } = await connect(cached)
    const began = Promise.withResolvers<() => void>()
    const asked: string[] = []
    cached.simulator.beforeAnswer(async (answered) => {
      asked.push(answered)
      if (answered === path) began.resolve(beginOutage().end)
    })
    const ended = round()
    const end = await began.promise
    await othersAnswered(cached.simulator.url)
    expect(asked).toEqual(before)
    cached.simulator.beforeAnswer(null)
    end()
    await ended
    expect(connection.problems()).toEqual([])
    expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
  })
})
