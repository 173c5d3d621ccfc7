import type { Action, Decision } from '../src/decide/decide.ts'
import type { Claim, Store } from '../src/store/store.ts'
import type { Process } from './process.ts'
import type { Decided, Trace } from './trace.ts'

/**
 * Puts a process and a trace between a pipeline and its store, without the pipeline knowing: each call is a step at which
 * the process can be stopped, and what is decided, claimed and settled is noted where it was written, even when the
 * process never hears of it.
 */
export function record(store: Store, process: Process, trace: Trace): void {
  const { name } = process
  const apply = store.apply.bind(store)
  store.apply = async (batch, now) => {
    const decided = await apply(batch, now)
    for (const [index, { alert }] of batch.works.entries()) {
      const { fingerprint, source, status, summary } = alert
      const decisions = (decided[index] ?? []).map(toDecided)
      trace.add({
        kind: 'committed',
        process: name,
        fingerprint,
        source,
        status,
        summary,
        decided: decisions,
      })
    }
    return decided
  }
  const expire = store.expire.bind(store)
  store.expire = async (now, limit, decide) => {
    const decisions = await expire(now, limit, decide)
    for (const decision of decisions)
      if (decision.reason !== 'unchanged')
        trace.add({ kind: 'ended', process: name, by: 'expiry', decided: toDecided(decision) })
    return decisions
  }
  const change = store.change.bind(store)
  store.change = async (incidentId, now, decide) => {
    const decision = await change(incidentId, now, decide)
    if (decision !== undefined)
      trace.add({ kind: 'ended', process: name, by: 'person', decided: toDecided(decision) })
    return decision
  }
  const idle = idleness(process, trace)
  const claim = store.claim.bind(store)
  store.claim = async (request) => {
    const claimed = await claim(request)
    for (const claim of claimed.claims)
      trace.add({ kind: 'claimed', process: name, leaseUntil: request.leaseUntil, ...about(claim) })
    if (claimed.claims.length === 0) idle(request.destination)
    return claimed
  }
  const settle = store.settle.bind(store)
  store.settle = async (owner, settlings) => {
    const states = await settle(owner, settlings)
    for (const [index, { claim }] of settlings.entries()) {
      const state = states[index] ?? 'cancelled'
      trace.add({ kind: 'settled', process: name, deliveryId: claim.deliveryId, state })
    }
    return states
  }
  for (const method of methodsOf(store)) {
    const call: unknown = Reflect.get(store, method)
    if (typeof call !== 'function') continue
    Reflect.set(store, method, (...args: readonly unknown[]) =>
      process.through(async (): Promise<unknown> => Reflect.apply(call, store, args)),
    )
  }
}

/** More claims in vain than this within a second are no waiting any more. */
const SPINS_PER_SECOND = 300

function idleness({ name, world }: Process, trace: Trace): (destination: string) => void {
  const seconds = new Map<string, { at: number; times: number }>()
  return (destination) => {
    const at = Math.floor(world.clock.now() / 1_000)
    const second = seconds.get(destination)
    const times = second?.at === at ? second.times + 1 : 1
    seconds.set(destination, { at, times })
    if (times === SPINS_PER_SECOND) trace.add({ kind: 'spun', process: name, destination, times })
  }
}

function methodsOf(store: Store): readonly string[] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(store))
  return names.filter((name) => name !== 'constructor' && name !== 'close' && name !== 'isShared')
}

function toDecided({ reason, incident, incidentId }: Decision): Decided {
  if (incident === undefined) return incidentId === undefined ? { reason } : { reason, incidentId }
  const { id, destination, key, status } = incident
  return { reason, destination, key, status, ...(id === undefined ? {} : { incidentId: id }) }
}

function about({ deliveryId, destination, content }: Claim): {
  deliveryId: number
  destination: string
  incidentId?: number
  key?: string
  action: 'change' | 'note' | Action
} {
  if ('change' in content) return { deliveryId, destination, action: 'change' }
  if ('note' in content) return { deliveryId, destination, key: content.note.key, action: 'note' }
  const { id, key } = content.incident
  return { deliveryId, destination, incidentId: id, key, action: content.action }
}
