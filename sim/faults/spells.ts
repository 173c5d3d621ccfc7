import { KEYS } from '../house-config.ts'
import type { MisfortuneOptions } from './misfortune.ts'
import type { Network, Outage } from './network.ts'

const OUTAGES: readonly Outage[] = ['refused', 'hangs', 'fails']

/** Makes the network unsteady, by the plan. Returns when the last outage is over, in milliseconds from now. */
export function unsettle(network: Network, options: MisfortuneOptions): number {
  const { plan, draw, clock, trace } = options
  for (let spell = 0; spell < plan.spells; spell++) {
    const [atMs, forMs] = [draw.int(0, plan.safetyMs), draw.magnitude(1_000, plan.safetyMs)]
    clock.after(atMs, () => {
      network.weather = 'spell'
      trace.add({ kind: 'fault', what: `network: spell for ${forMs} ms` })
    })
    clock.after(atMs + forMs, () => (network.weather = 'fair'))
  }
  let lastMs = 0
  for (let outage = 0; outage < plan.outages; outage++) lastMs = Math.max(lastMs, breakDown(network, options))
  return lastMs
}

/** One destination is out, or all are. Returns until when, in milliseconds from now. */
function breakDown(network: Network, { plan, draw, clock, trace }: MisfortuneOptions): number {
  const [outage, atMs, isOfAll] = [draw.pick(OUTAGES), draw.int(0, plan.safetyMs), draw.is(0.5)]
  const one = draw.int(0, plan.destinations - 1)
  const lines = isOfAll ? [...KEYS.keys()] : [one]
  clock.after(atMs, () => {
    for (const line of lines) network.setOutage(line, outage)
    trace.add({
      kind: 'fault',
      what: `network: ${outage} for ${plan.outageMs} ms, ${isOfAll ? 'all' : `routing key ${one}`}`,
    })
  })
  clock.after(atMs + plan.outageMs, () => {
    for (const line of lines) network.setOutage(line, undefined)
  })
  return atMs + plan.outageMs
}
