import type { Item } from '../alert/alert.ts'
import type { Reason } from '../decide/decide.ts'
import type { Accepted } from './accept.ts'
import type { Notify } from './notice.ts'

/** One notice for all that came from one source for one reason: a steady source repeats itself by the thousand. */
export function notifyOfReasons(
  items: readonly Item[],
  accepted: readonly Accepted[],
  onNotice: Notify,
): void {
  const counts = new Map<string, { source: string; reason: Reason; count: number }>()
  for (const [index, item] of items.entries()) {
    const { source } = item.kind === 'alert' ? item.alert : item.change
    for (const reason of accepted[index]?.reasons ?? []) {
      const counted = counts.get(reason + source)
      if (counted === undefined) counts.set(reason + source, { source, reason, count: 1 })
      else counted.count++
    }
  }
  for (const counted of counts.values()) onNotice({ kind: 'decided', ...counted })
}
