import type { Canary } from './canary.ts'
import { every } from './plant.ts'

export const nothingLost: Canary = {
  bug: 'the store says yes now and then and writes nothing',
  overrides: { lasting: 6 },
  plant: () => {
    const isLost = every(5)
    return {
      store: (store) => {
        const apply = store.apply.bind(store)
        store.apply = async (batch, now) =>
          isLost() ? batch.works.map(() => [{ reason: 'unchanged' }]) : apply(batch, now)
      },
    }
  },
}
