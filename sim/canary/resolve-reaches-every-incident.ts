import type { Canary } from './canary.ts'
import { every } from './plant.ts'

export const resolveReachesEveryIncident: Canary = {
  bug: 'a resolve is answered and forgotten now and then',
  overrides: { lasting: 6, flapping: 2 },
  plant: () => {
    const isForgotten = every(3)
    return { swallows: ({ action }) => action === 'resolve' && isForgotten() }
  },
}
