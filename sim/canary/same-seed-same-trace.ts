import type { World } from '../../src/world/world.ts'
import type { Canary } from './canary.ts'

export const sameSeedSameTrace: Canary = {
  bug: 'chance comes from the machine, not from the world',
  overrides: { spells: 3, failing: 0.5, lasting: 6 },
  plant: () => ({ world: (world): World => ({ ...world, random: Math.random }) }),
  twice: true,
}
