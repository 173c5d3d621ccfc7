import type { Draw } from '../draw.ts'
import type { Failure } from '../failure.ts'
import type { Plan } from '../plan.ts'

/** So many failures, each with steps of its own, of a team and a kind that are drawn, but for what they have alike. */
export function failing(
  name: string,
  count: number,
  plan: Plan,
  draw: Draw,
  stepsOf: (draw: Draw) => Failure['steps'],
  alike: Partial<Failure> = {},
): readonly Failure[] {
  return Array.from({ length: count }, (_, index) => {
    const own = draw.fork(String(index))
    return {
      name: `${name}-${index}`,
      kind: own.pick(['keyed', 'labelled'] as const),
      team: own.int(0, plan.teams - 1),
      steps: stepsOf(own),
      ...alike,
    }
  })
}
