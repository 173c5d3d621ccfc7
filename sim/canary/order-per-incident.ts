import type { HttpRequest, World } from '../../src/world/world.ts'
import type { Canary } from './canary.ts'

export const orderPerIncident: Canary = {
  bug: 'a trigger that was given up is sent once more, after the resolve',
  overrides: { flapping: 3, outages: 0 },
  plant: () => ({ world: withLateTriggers }),
}

function withLateTriggers(world: World): World {
  const triggers = new Map<string, HttpRequest>()
  const request: World['http']['request'] = async (request) => {
    const { dedup_key = '', event_action } = JSON.parse(request.body ?? '{}') as {
      dedup_key?: string
      event_action?: string
    }
    if (event_action === 'trigger') triggers.set(dedup_key, request)
    const answer = await world.http.request(request)
    const late = event_action === 'resolve' ? triggers.get(dedup_key) : undefined
    if (late !== undefined) await world.http.request(late)
    return answer
  }
  return { ...world, http: { ...world.http, request } }
}
