import { html, type Html } from '../html/html.ts'
import type { Delivery } from '../store/store.ts'
import { ago, clockTime, counted, table } from './page-frame.ts'

/** The deliveries of an incident: how each stands, and of one that is held until when. */
export function deliveryTable(deliveries: readonly Delivery[], now: number): Html {
  return table(
    deliveries.map((delivery) => {
      const { id, action, lane, state, inFlight, attempts, outcome, settledAt, dueAt } = delivery
      const name = `#${id} ${action ?? ''}`
      if (isHeld(delivery, now))
        return [
          name,
          [lane === 'update' ? 'told again at ' : 'held until ', clockTime(dueAt), ', as its route asks'],
        ]
      const standing = `${inFlight ? 'in flight' : state}, ${counted(attempts, 'attempt')}, `
      const why = outcome !== undefined && html`<div class="sub">${outcome}</div>`
      return [name, [standing, ago(settledAt ?? dueAt, now), why]]
    }),
  )
}

/** It was not tried yet, and is not to be before a time to come. An update waits so only to be said again. */
function isHeld({ state, lane, inFlight, attempts, dueAt }: Delivery, now: number): boolean {
  const isAlone = state === 'waiting' && lane !== 'folded' && !inFlight
  return isAlone && attempts === 0 && dueAt > now
}
