import type { Canary } from './canary.ts'

export const oneLeasePerRow: Canary = {
  bug: 'each process takes the leases of all others for those of the dead',
  overrides: {
    replicas: 3,
    lasting: 6,
    flapping: 3,
    latencyMs: 500,
    limit: 100,
    safetyMs: 20_000,
    outages: 0,
  },
  plant: () => ({
    store: (store) => {
      const claim = store.claim.bind(store)
      const takeBack = store.takeBack.bind(store)
      store.claim = async (request) => {
        await takeBack(request.now, (owner) => owner !== request.owner, 60_000)
        return claim(request)
      }
    },
  }),
}
