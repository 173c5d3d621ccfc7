import type { Clock } from '../src/world/world.ts'
import type { Store } from '../src/store/store.ts'
import type { Draw } from './draw.ts'
import type { Plan } from './plan.ts'
import type { Replica } from './replica.ts'
import { someone, until } from './sender.ts'

/** People acknowledge and resolve open incidents through us, and silence a team, now and then. */
export function act(plan: Plan, draw: Draw, clock: Clock, replicas: readonly Replica[], view: Store): void {
  for (let turn = 0; turn < plan.byPeople; turn++) {
    const own = draw.fork(String(turn))
    void actOnce(clock.now() + own.int(0, plan.safetyMs), own, clock, replicas, view)
  }
  for (let turn = 0; turn < plan.silences; turn++) {
    const own = draw.fork(`silence ${turn}`)
    void silence(clock.now() + own.int(0, plan.safetyMs), own, plan, clock, view)
  }
}

/** Nobody of a team wants to hear of anything for a while. It is over when nothing goes wrong any more. */
async function silence(at: number, draw: Draw, plan: Plan, clock: Clock, view: Store): Promise<void> {
  const endsAt = clock.now() + plan.safetyMs
  await until(clock, at)
  const now = clock.now()
  const team = `t${draw.int(0, plan.teams - 1)}`
  const asked = view.putSilence({
    id: draw.id(),
    matchers: [{ name: 'team', comparison: '=', values: [team] }],
    author: 'somebody',
    reason: 'we know',
    startsAt: now,
    endsAt: draw.int(now, Math.max(now, endsAt)),
    createdAt: now,
    updatedAt: now,
  })
  // On a full disk there is none.
  await asked.catch(() => undefined)
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
