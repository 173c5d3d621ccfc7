import type { Clock } from '../src/world/world.ts'
import type { Store } from '../src/store/store.ts'
import type { Draw } from './draw.ts'
import type { Plan } from './plan.ts'
import type { Replica } from './replica.ts'
import { someone, until } from './sender.ts'

/** People acknowledge and resolve open incidents through us, now and then. */
export function act(plan: Plan, draw: Draw, clock: Clock, replicas: readonly Replica[], view: Store): void {
  for (let turn = 0; turn < plan.byPeople; turn++) {
    const own = draw.fork(String(turn))
    void actOnce(clock.now() + own.int(0, plan.safetyMs), own, clock, replicas, view)
  }
}

async function actOnce(
  at: number,
  draw: Draw,
  clock: Clock,
  replicas: readonly Replica[],
  view: Store,
): Promise<void> {
  await until(clock, at)
  const open = await view.incidents({ status: 'open' })
  const pipeline = someone(replicas, draw)?.pipeline
  if (open.length === 0 || pipeline === undefined) return
  const { id } = draw.pick(open).incident
  // Nobody waits: whether it came to pass stands in the trace, and a person who is told no tries no further here.
  const asked = draw.is(0.5) ? pipeline.acknowledge(id) : pipeline.resolve(id)
  asked.catch(() => undefined)
}
