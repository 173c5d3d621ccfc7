import type { World } from '../../src/world/world.ts'
import type { Canary } from './canary.ts'
import { every } from './plant.ts'

export const onePagePerFailure: Canary = {
  bug: 'the dedup key of an incident is not always the same',
  overrides: { changing: 3, outages: 0 },
  plant: () => {
    const isOther = every(4)
    const withOtherKey = (body: string): string =>
      body.replace(/"dedup_key":"(?!tocsin)([^"]*)"/, '"dedup_key":"$1-again"')
    return {
      world: (world): World => ({
        ...world,
        http: {
          ...world.http,
          request: (request) =>
            world.http.request(isOther() ? { ...request, body: withOtherKey(request.body ?? '') } : request),
        },
      }),
    }
  },
}
