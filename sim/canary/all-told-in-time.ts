import type { Canary } from './canary.ts'

export const allToldInTime: Canary = {
  bug: 'the last lane never gets its turn',
  overrides: { changeEvents: 3 },
  plant: () => ({
    store: (store) => {
      const claim = store.claim.bind(store)
      store.claim = (request) =>
        claim({ ...request, allot: (used, due) => ({ ...request.allot(used, due), update: 0 }) })
    },
  }),
}
