import type { Canary } from './canary.ts'
import { every } from './plant.ts'

export const soundStore: Canary = {
  bug: 'what came of a delivery is not always looked at: it counts as delivered, whatever its incident says',
  overrides: { lasting: 6, flapping: 2, spells: 3, failing: 0.5 },
  plant: () => {
    const isBlind = every(3)
    return {
      store: (store) => {
        const settle = store.settle.bind(store)
        store.settle = (owner, settlings) =>
          settle(
            owner,
            settlings.map((settling) =>
              isBlind() ? { ...settling, settle: () => ({ state: 'delivered' }) } : settling,
            ),
          )
      },
    }
  },
}
