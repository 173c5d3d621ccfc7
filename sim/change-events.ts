import type { Item } from '../src/alert/alert.ts'
import type { Draw } from './draw.ts'
import { destinationsOf } from './house-config.ts'
import type { Plan } from './plan.ts'
import { someone, until, wait, type SenderOptions } from './sender.ts'

/** Tells so many changes, each at a time of its own, until it is taken. */
export function tellChanges(plan: Plan, draw: Draw, options: SenderOptions): readonly Promise<void>[] {
  return Array.from({ length: plan.changeEvents }, (_, index) => {
    const own = draw.fork(String(index))
    return tellChange(`change-${index}`, own.int(0, plan.safetyMs), own.int(0, plan.teams - 1), {
      ...options,
      draw: own,
    })
  })
}

async function tellChange(name: string, atMs: number, team: number, options: SenderOptions): Promise<void> {
  const { clock, replicas, trace, draw } = options
  await until(clock, clock.now() + atMs)
  const labels = { team: `t${team}` }
  const item: Item = {
    kind: 'change',
    change: { once: name, source: 'deploys', summary: name, labels, links: [] },
  }
  for (;;) {
    const replica = someone(replicas, draw)
    if (replica !== undefined) {
      const process = replica.name
      const destinations = destinationsOf(replica.config, team, 'info', false)
      trace.add({ kind: 'change said', process, change: name, destinations })
      const answer = await replica.accept([item])
      if (answer === 'accepted') {
        trace.add({ kind: 'change accepted', process, change: name, destinations })
        return
      }
    }
    await wait(clock, draw.int(200, 5_000))
  }
}
