import type { World } from '../../src/world/world.ts'
import type { Canary } from './canary.ts'

export const noSecretLeaves: Canary = {
  bug: 'what could not be sent is logged as it is',
  overrides: { spells: 3, answersLost: 0.5, flapping: 3 },
  plant: () => ({
    world: (world): World => ({
      ...world,
      http: {
        ...world.http,
        request: async (request) => {
          const answer = await world.http.request(request)
          if ('failure' in answer) world.log.warn('no answer', { body: request.body })
          return answer
        },
      },
    }),
  }),
}
