import { keyFingerprint, type Alert, type Item } from '../alert/alert.ts'
import { nextAction, type UnsentPair } from '../decide/decide.ts'
import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'

/** Key of our own incident about promises that are not kept. */
export const AUDIT_KEY = 'tocsin-audit'

/** Incidents looked at between two looks at what else is to do. */
const PAGE = 2_000

/** So many broken promises are named. */
const NAMED_MAX = 20

export interface AuditorOptions {
  readonly store: Store
  readonly world: World
  readonly unsentPair: UnsentPair
  /** A delivery that has waited for so long although it is due is late. */
  readonly lateMs: number
  readonly accept: (items: readonly Item[]) => Promise<unknown>
}

/**
 * Checks that every alert we have taken has reached an end, or has a delivery that gets there in time. What breaks a
 * promise is an alert of its own, and ends when all is well again.
 */
export class Auditor {
  readonly #options: AuditorOptions
  #wellAt: number | undefined
  #breaches = 0

  constructor(options: AuditorOptions) {
    this.#options = options
  }

  /** When it last found every promise kept; undefined when it has not yet, or found one broken since. */
  get wellAt(): number | undefined {
    return this.#wellAt
  }

  /** How many broken promises it found at its last look. */
  get breaches(): number {
    return this.#breaches
  }

  async look(): Promise<void> {
    const { world, accept } = this.#options
    const found = [...(await this.#late()), ...(await this.#broken())]
    this.#breaches = found.length
    this.#wellAt = found.length === 0 ? world.clock.now() : undefined
    const isFiring = await this.#isFiring()
    if (found.length > 0) world.log.error('promises are not kept', { count: found.length, first: found[0] })
    // Details change with every look: only the first word is told, and the end.
    if (isFiring !== found.length > 0) await accept([auditAlert(found)])
  }

  async #isFiring(): Promise<boolean> {
    const ids = await this.#options.store.incidentsOf(keyFingerprint(AUDIT_KEY))
    const views = await Promise.all(ids.map((id) => this.#options.store.incident(id)))
    return views.some((view) => view !== undefined && view.incident.status !== 'resolved')
  }

  async #late(): Promise<string[]> {
    const { store, world, lateMs } = this.#options
    const now = world.clock.now()
    const backlog = await store.backlog(now)
    return backlog.flatMap(({ destination, lane, oldestAt }) =>
      oldestAt !== undefined && oldestAt <= now - lateMs
        ? [`Deliveries to "${destination}" (${lane}) wait since ${new Date(oldestAt).toISOString()}.`]
        : [],
    )
  }

  async #broken(): Promise<string[]> {
    const { store, world, lateMs, unsentPair } = this.#options
    const found: string[] = []
    for (let afterId: number | undefined = 0; afterId !== undefined;) {
      const { breaches, lastId } = await store.audit({
        now: world.clock.now(),
        lateMs,
        afterId,
        limit: PAGE,
        actionFor: (incident) => nextAction(incident, unsentPair),
      })
      for (const { what, incidentId, destination, key } of breaches)
        found.push(`Incident ${incidentId} at "${destination}" (${key}) ${SENTENCES[what]}.`)
      afterId = lastId
      if (lastId !== undefined) await new Promise<void>((resolve) => world.clock.soon(resolve))
    }
    return found
  }
}

const SENTENCES = {
  unpromised: 'differs from what is known there, and nothing waits to tell it',
  unended: 'has an alert that should long be over',
} as const

function auditAlert(found: readonly string[]): Item {
  const more = found.length - NAMED_MAX
  const alert: Alert = {
    source: 'tocsin',
    fingerprint: keyFingerprint(AUDIT_KEY),
    dedupKey: AUDIT_KEY,
    status: found.length > 0 ? 'firing' : 'resolved',
    severity: 'error',
    summary: `Tocsin does not keep its word: ${found[0] ?? 'it does again.'}`,
    labels: { alertname: 'TocsinAudit' },
    annotations: { description: 'See `tocsin doctor`, `tocsin deliveries --state troubled` and the log.' },
    details: { found: [...found.slice(0, NAMED_MAX), ...(more > 0 ? [`... and ${more} more`] : [])] },
    links: [],
    images: [],
  }
  return { kind: 'alert', alert }
}
