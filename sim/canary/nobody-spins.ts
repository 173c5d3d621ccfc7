import type { Canary } from './canary.ts'

export const nobodySpins: Canary = {
  bug: 'a window without room is said to have some now',
  overrides: { limit: 4, windowMs: 10_000, storm: 8, stormOver: 0, safetyMs: 15_000, outages: 0 },
  plant: () => {
    let lies = 2_000
    return {
      store: (store) => {
        const claim = store.claim.bind(store)
        store.claim = async (request) => {
          const claimed = await claim(request)
          return claimed.roomAt === undefined || --lies < 0 ? claimed : { ...claimed, roomAt: request.now }
        }
      },
    }
  },
}
