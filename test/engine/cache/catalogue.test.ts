import { describe, expect, test } from 'vitest'
import type { SourceFacts } from '../../../electron/engine/cache/catalogue.ts'
import { openStage, type StageOptions } from '../../support/cache-stage.ts'
import { idNumber, PEOPLE, sourceFacts, TASKS } from '../../support/page-builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const THIRD = idNumber(0xda_0003)

const emptyStage = async (options: StageOptions = {}) => {
  const folder = temporaryFolder()
  const stage = await openStage(folder, options)
  const { catalogue } = stage.cache
  return {
    ...stage,
    folder,
    catalogue,
    learn: (...facts: readonly SourceFacts[]) => stage.commits.run(() => catalogue.learn(facts)),
    namesOf: (id: string) => stage.commits.run(() => catalogue.namesOf(id)),
    planned: (id: string) =>
      stage.database
        .sql('SELECT next_folder_name AS folder, next_file_name AS file FROM database WHERE id = ?')
        .get(id),
    dirty: () => stage.databaseFiles.dirty(),
  }
}

describe('what was looked up', () => {
  test('is known by source and by database, also after a restart', async () => {
    const stage = await emptyStage()
    const facts = sourceFacts(TASKS, 'Tasks')
    await stage.learn(facts)
    stage.close()
    const { catalogue } = (await openStage(stage.folder)).cache
    const known = {
      sourceId: facts.sourceId,
      sourceTitle: 'Tasks',
      databaseId: TASKS,
      databaseTitle: 'Tasks',
      isWatched: true,
    }
    expect(catalogue.source(facts.sourceId)).toEqual(known)
    expect(catalogue.sourcesOf(TASKS)).toEqual([known])
    expect(catalogue.all()).toEqual([known])
    expect(catalogue.source(PEOPLE)).toBeNull()
    expect(catalogue.sourcesOf(PEOPLE)).toEqual([])
  })

  test('is replaced by newer facts', async () => {
    const stage = await emptyStage()
    await stage.learn(sourceFacts(TASKS, 'Tasks'))
    await stage.learn(sourceFacts(TASKS, 'Tasks', { sourceTitle: 'Open' }))
    expect(stage.catalogue.sourcesOf(TASKS).map((it) => it.sourceTitle)).toEqual(['Open'])
  })

  test('may be several sources of one database', async () => {
    const stage = await emptyStage()
    await stage.learn(sourceFacts(TASKS, 'Tasks'), sourceFacts(TASKS, 'Tasks', { sourceId: THIRD }))
    expect(stage.catalogue.sourcesOf(TASKS)).toHaveLength(2)
  })
})

describe('a newly watched source', () => {
  test('is reported once', async () => {
    const stage = await emptyStage()
    const tasks = sourceFacts(TASKS, 'Tasks')
    expect(await stage.learn(tasks, sourceFacts(THIRD, 'Foreign'))).toEqual([tasks])
    expect(await stage.learn(tasks, sourceFacts(THIRD, 'Foreign'))).toEqual([])
  })

  test('is reported when its title becomes one of the settings, and stays watched when it is renamed again', async () => {
    const stage = await emptyStage()
    expect(await stage.learn(sourceFacts(TASKS, 'Draft'))).toEqual([])
    expect(await stage.learn(sourceFacts(TASKS, 'Tasks'))).toHaveLength(1)
    expect(await stage.learn(sourceFacts(TASKS, 'Draft'))).toEqual([])
    expect(stage.catalogue.sourcesOf(TASKS)).toMatchObject([{ databaseTitle: 'Draft', isWatched: true }])
    expect(stage.catalogue.unresolved()).not.toContain('Tasks')
    expect(await stage.learn(sourceFacts(TASKS, 'Tasks'))).toEqual([])
  })
})

test('entries of the settings that nothing known answers to are told until something does', async () => {
  const stage = await emptyStage({ watched: ['Tasks', PEOPLE] })
  expect(stage.catalogue.unresolved()).toEqual(['Tasks', PEOPLE])
  await stage.learn(sourceFacts(TASKS, 'Tasks'))
  expect(stage.catalogue.unresolved()).toEqual([PEOPLE])
  await stage.learn(sourceFacts(PEOPLE, 'Anything'))
  expect(stage.catalogue.unresolved()).toEqual([])
})

test('watched databases in Notion’s trash are told by title, each once', async () => {
  const stage = await emptyStage()
  await stage.learn(
    sourceFacts(TASKS, 'Tasks', { isDatabaseInTrash: true }),
    sourceFacts(TASKS, 'Tasks', { sourceId: idNumber(1), isInTrash: true, isDatabaseInTrash: true }),
    sourceFacts(PEOPLE, 'People'),
    sourceFacts(THIRD, 'Foreign', { isInTrash: true }),
  )
  expect(stage.catalogue.trashed()).toEqual(['Tasks'])
  await stage.learn(sourceFacts(TASKS, 'Tasks'), sourceFacts(TASKS, 'Tasks', { sourceId: idNumber(1) }))
  expect(stage.catalogue.trashed()).toEqual([])
})

describe('names', () => {
  test('come from the title and stay, also after a restart', async () => {
    const stage = await emptyStage()
    await stage.learn(sourceFacts(TASKS, 'Tasks'))
    expect(await stage.namesOf(TASKS)).toEqual({ folder: 'Tasks', file: 'tasks.json' })
    stage.close()
    const later = await openStage(stage.folder)
    expect(later.cache.catalogue.namesOf(TASKS)).toEqual({ folder: 'Tasks', file: 'tasks.json' })
  })

  test('two databases of one title both bear the last eight digits of their ids', async () => {
    const stage = await emptyStage()
    await stage.learn(sourceFacts(TASKS, 'Tasks'), sourceFacts(PEOPLE, 'Tasks'))
    expect(await stage.namesOf(TASKS)).toEqual({ folder: 'Tasks (00da0001)', file: 'tasks_00da0001.json' })
    expect(await stage.namesOf(PEOPLE)).toEqual({ folder: 'Tasks (00da0002)', file: 'tasks_00da0002.json' })
  })

  test('a title of a database that is not watched is in nobody’s way', async () => {
    const stage = await emptyStage({ watched: [TASKS] })
    await stage.learn(sourceFacts(TASKS, 'Tasks'), sourceFacts(PEOPLE, 'Tasks'))
    expect(await stage.namesOf(TASKS)).toEqual({ folder: 'Tasks', file: 'tasks.json' })
  })

  test.each([
    ['TASKS', 'differs in case only'],
    ['Tasks.', 'is made the same by what names may not hold'],
  ])('a database titled %s, which %s, gets names of its own', async (title) => {
    const stage = await emptyStage({ watched: ['Tasks', title] })
    await stage.learn(sourceFacts(TASKS, 'Tasks'))
    await stage.namesOf(TASKS)
    await stage.learn(sourceFacts(PEOPLE, title))
    expect((await stage.namesOf(PEOPLE)).folder).toMatch(/ \(00da0002\)$/)
    expect((await stage.namesOf(PEOPLE)).file).toBe('tasks_00da0002.json')
  })

  test('a database that is not known has none', async () => {
    const stage = await emptyStage()
    await expect(stage.namesOf(TASKS)).rejects.toThrow('not in the catalogue')
  })
})

describe('a changed title', () => {
  test('plans a renaming and makes the file due, but changes no name yet', async () => {
    const stage = await emptyStage()
    await stage.learn(sourceFacts(TASKS, 'Tasks'))
    await stage.namesOf(TASKS)
    expect(stage.dirty()).toEqual([])
    await stage.learn(sourceFacts(TASKS, 'To do'))
    expect(stage.planned(TASKS)).toEqual({ folder: 'To do', file: 'to_do.json' })
    expect(await stage.namesOf(TASKS)).toEqual({ folder: 'Tasks', file: 'tasks.json' })
    expect(stage.dirty()).toEqual([TASKS])
  })

  test('plans nothing where nothing is named yet, or the title is the same', async () => {
    const stage = await emptyStage()
    await stage.learn(sourceFacts(TASKS, 'Tasks'), sourceFacts(PEOPLE, 'People'))
    await stage.namesOf(PEOPLE)
    await stage.learn(sourceFacts(TASKS, 'To do'), sourceFacts(PEOPLE, 'People'))
    expect([stage.planned(TASKS), stage.planned(PEOPLE)]).toEqual([
      { folder: null, file: null },
      { folder: null, file: null },
    ])
    expect(await stage.namesOf(TASKS)).toEqual({ folder: 'To do', file: 'to_do.json' })
  })

  test('never plans a name that another database bears or is about to bear', async () => {
    const stage = await emptyStage({ watched: [TASKS, PEOPLE, THIRD] })
    await stage.learn(sourceFacts(TASKS, 'Tasks'), sourceFacts(PEOPLE, 'People'))
    await stage.namesOf(TASKS)
    await stage.namesOf(PEOPLE)
    await stage.learn(sourceFacts(TASKS, 'Work: now'))
    await stage.learn(sourceFacts(PEOPLE, 'Work - now'))
    expect(stage.planned(TASKS)).toMatchObject({ folder: 'Work - now' })
    expect(stage.planned(PEOPLE)).toMatchObject({ folder: 'Work - now (00da0002)' })
    await stage.learn(sourceFacts(THIRD, 'WORK - now'))
    expect((await stage.namesOf(THIRD)).folder).toBe('WORK - now (00da0003)')
  })
})
