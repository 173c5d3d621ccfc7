import type { World } from '../world/world.ts'

export interface HeartbeatSettings {
  /** A secret: who knows it can keep us alive when we are not. Read anew for each call. */
  readonly url: () => string
  readonly everyMs: number
}

const DEADLINE_MS = 10_000

/** Calls a URL while all is well, so that somebody else notices when we are gone. Says in the log when it was in vain. */
export async function beat({ url }: HeartbeatSettings, world: World): Promise<void> {
  const answer = await world.http.request({ method: 'GET', url: url(), headers: {}, deadlineMs: DEADLINE_MS })
  const seen = 'failure' in answer ? answer.reason : `status ${answer.status}`
  if ('failure' in answer || answer.status >= 300)
    world.log.warn('the heartbeat was not taken', { seen, expected: 'a status below 300' })
}
