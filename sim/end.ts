import { existsSync, readFileSync } from 'node:fs'
import { EVERYTHING_TOLD, nextAction, type Action, type Incident } from '../src/decide/decide.ts'
import type { Delivery, IncidentView, Store } from '../src/store/store.ts'
import type { Shown } from './places/places.ts'
import type { Plan } from './plan.ts'

/** How things stood at the end. Times are milliseconds since the beginning. */
export interface End extends Seen {
  readonly healedAt: number
  /** When everything was told; undefined when it was not, by `endedAt`. */
  readonly toldAt: number | undefined
  readonly endedAt: number
  /** What stands at the places. */
  readonly shown: readonly Shown[]
}

/** What a look at the store tells. */
export interface Seen {
  readonly incidents: readonly IncidentView[]
  /** Fingerprints of the alerts that fire, as the store has it. */
  readonly firing: ReadonlySet<string>
  readonly waiting: readonly Delivery[]
  readonly dead: readonly Delivery[]
  /** What the store finds wrong with itself. */
  readonly problems: readonly string[]
  /** All that a person may see of the store. */
  readonly visible: string
  /** The bytes of its files. */
  readonly files: readonly Buffer[]
}

/** As configured by default. */
const AUDIT_LATE_MS = 900_000

/** No alert of a run lasts longer without being said again (workload/expiring.ts). */
const EXPIRES_MS_MAX = 60_000

/** Whether every destination knows what it should, and nothing is about to end by itself, as the clock of the machine has it. */
export async function isTold(store: Store, now: number): Promise<boolean> {
  const waiting = await store.deliveries({ state: 'waiting', limit: 1_000 })
  if (waiting.some(({ lane }) => lane !== 'folded')) return false
  // What is muted waits for nothing in the outbox, but for whoever runs to see that it is not muted any more.
  const open = await store.incidents({ status: 'open', limit: 1_000 })
  if (open.some(({ incident }) => (incident.muted ?? 0) > 0)) return false
  // Those whose end a clock that was set back has put off are not waited for.
  const alerts = await store.alerts()
  return alerts.every(({ expiresAt = Infinity }) => expiresAt > now + EXPIRES_MS_MAX)
}

/** Looks at all there is in a store, and at its files. */
export async function lookAt(
  store: Store,
  { path, plan, now }: { path: string; plan: Plan; now: number },
): Promise<Seen> {
  const alerts = await store.alerts()
  const incidents = await store.incidents({ limit: 1_000 })
  const deliveries = await store.deliveries({ limit: 1_000 })
  const ledger = await store.ledger({ limit: 1_000 })
  const files = ['', '-wal'].map((suffix) => path + suffix).filter(existsSync)
  return {
    incidents,
    firing: new Set(alerts.map(({ alert }) => alert.fingerprint)),
    waiting: await store.deliveries({ state: 'waiting', limit: 1_000 }),
    dead: await store.deliveries({ state: 'dead', limit: 1_000 }),
    problems: [...(await store.check()), ...(await audit(store, plan, now))],
    visible: JSON.stringify([incidents, deliveries, ledger, alerts]),
    files: files.map((file) => readFileSync(file)),
  }
}

/** The auditor's own question: an incident that differs from what is known, with nothing on its way. */
async function audit(store: Store, plan: Plan, now: number): Promise<readonly string[]> {
  const unsentPair = plan.tellsUnsentPairs ? 'tell' : 'drop'
  const manner = { unsentPair, capabilities: EVERYTHING_TOLD } as const
  const actionFor = (incident: Incident): Action | undefined => nextAction(incident, manner, now)
  const { breaches } = await store.audit({ now, lateMs: AUDIT_LATE_MS, afterId: 0, limit: 10_000, actionFor })
  return breaches.map(({ what, key, destination }) => `${key} at ${destination}: ${what}`)
}
