/** What the simulator's program says of the one database that is measured with. */
export interface Workspace {
  readonly url: string
  readonly title: string
  readonly workspaceId: string
  readonly databaseId: string
  readonly dataSourceId: string
  readonly pageIds: readonly string[]
}
