/** Under which names answers of the server are kept. */
export const KEYS = {
  me: ['me'],
  projects: ['projects'],
  anyProject: ['project'],
  project: (id: string) => ['project', id],
  board: (projectId: string) => ['board', projectId],
  queue: ['queue'],
  queueOf: (all: boolean) => ['queue', { all }],
  failed: ['queue', 'failed'],
  models: ['models'],
  usage: ['usage'],
  estimate: (given: unknown) => ['estimate', given],
} as const
