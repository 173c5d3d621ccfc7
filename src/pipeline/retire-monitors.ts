import type { Item } from '../alert/alert.ts'
import { isOf } from '../monitors/monitors.ts'
import type { TurnOptions } from './monitor-turn.ts'

/** Where others share the store, one of them may have another config: what nobody has looked at for so long, nobody looks at. */
const ABANDONED_MS = 10 * 60_000

/** What a service said by a monitor that is not among these names any more, nobody would ever end. */
export async function retireMonitors(
  names: ReadonlySet<string>,
  { store, accept, world }: TurnOptions,
): Promise<void> {
  const now = world.clock.now()
  for (const { name, isServed, ranAt = 0 } of await store.monitors()) {
    if (!isServed || names.has(name)) continue
    if (store.isShared && now - ranAt < ABANDONED_MS) continue
    const { firing } = await store.watched(name)
    world.log.info('a monitor is not configured any more: what it said is over', { monitor: name })
    const ends = firing
      .filter((alert) => isOf(name, alert))
      .map((alert): Item => ({ kind: 'alert', alert: { ...alert, status: 'resolved' } }))
    if (ends.length > 0) await accept(ends)
    await store.forgetMonitor(name)
  }
}
