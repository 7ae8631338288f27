/** Under which names answers of the server are kept. */
export const KEYS = {
  me: ['me'],
  projects: ['projects'],
  projectsOf: (named: string, isArchived: boolean) => ['projects', isArchived, { named }],
  anyProject: ['project'],
  project: (id: string) => ['project', id],
  board: (projectId: string) => ['board', projectId],
  queue: ['queue'],
  line: ['queue', 'line'],
  lineOf: (all: boolean) => ['queue', 'line', { all }],
  ended: (state: string, all: boolean) => ['queue', 'ended', { state, all }],
  models: ['models'],
  usage: ['usage'],
  asset: (id: string) => ['asset', id],
  estimate: (id: string, version: number, given: unknown) => ['estimate', id, version, given],
} as const
