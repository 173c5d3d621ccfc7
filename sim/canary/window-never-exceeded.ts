import type { Canary } from './canary.ts'

export const windowNeverExceeded: Canary = {
  bug: 'one event in the window is not counted',
  overrides: { limit: 10, windowMs: 60_000, storm: 40, stormOver: 0, clockJumps: 0, reloads: 0, outages: 0 },
  plant: () => ({
    store: (store) => {
      const claim = store.claim.bind(store)
      store.claim = (request) =>
        claim({
          ...request,
          allot: (used, due) => request.allot({ ...used, trigger: Math.max(0, used.trigger - 1) }, due),
        })
    },
  }),
}
