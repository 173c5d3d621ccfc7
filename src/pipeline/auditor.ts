import { ownFingerprint, type Alert, type Item } from '../alert/alert.ts'
import { mannerOf, nextAction, type Policy } from '../decide/decide.ts'
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
  readonly policy: () => Policy
  /** A delivery that has waited for so long although it is due is late. */
  readonly lateMs: number
  /** The destinations that the routes name for an alert of ours. */
  readonly targets: (alert: Alert) => readonly string[]
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
  #brokenSince: number | undefined

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
    const late = await this.#late()
    const found = [...late.values(), ...(await this.#broken())]
    this.#breaches = found.length
    const now = world.clock.now()
    this.#wellAt = found.length === 0 ? now : undefined
    // What a person ends stays ended until all was well again.
    this.#brokenSince = found.length === 0 ? undefined : (this.#brokenSince ?? now)
    if (found.length > 0) world.log.error('promises are not kept', { count: found.length, first: found[0] })
    const items = await this.#items(found, new Set(late.keys()))
    if (items.length > 0) await accept(items)
  }

  /**
   * Begun where the routes say, but never where the trouble is: there it would arrive after it. Its details change with
   * every look, so only the first word is told, and the end.
   */
  async #items(found: readonly string[], late: ReadonlySet<string>): Promise<Item[]> {
    const { store, targets } = this.#options
    const views = await store.incidents({ key: AUDIT_KEY, status: 'open' })
    const open = views
      .filter(({ incident, lead }) => lead.fingerprint === ownFingerprint(AUDIT_KEY, incident.destination))
      .map(({ incident }) => incident.destination)
    if (found.length === 0) return open.map((to) => auditItem(found, to, undefined))
    const wanted = targets(auditAlert(found)).filter((to) => !late.has(to) && !open.includes(to))
    return wanted.map((to) => auditItem(found, to, this.#brokenSince))
  }

  /** By destination: what waits there too long. */
  async #late(): Promise<ReadonlyMap<string, string>> {
    const { store, world, lateMs } = this.#options
    const now = world.clock.now()
    const late = new Map<string, string>()
    for (const { destination, lane, oldestAt } of await store.backlog(now)) {
      if (oldestAt === undefined || oldestAt > now - lateMs) continue
      late.set(
        destination,
        `Deliveries to "${destination}" (${lane}) wait since ${new Date(oldestAt).toISOString()}.`,
      )
    }
    return late
  }

  async #broken(): Promise<string[]> {
    const { store, world, lateMs, policy } = this.#options
    const found: string[] = []
    for (let afterId: number | undefined = 0; afterId !== undefined;) {
      const { breaches, lastId } = await store.audit({
        now: world.clock.now(),
        lateMs,
        afterId,
        limit: PAGE,
        actionFor: (incident) =>
          nextAction(incident, mannerOf(policy(), incident.destination), world.clock.now()),
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

function auditAlert(found: readonly string[]): Alert {
  const more = found.length - NAMED_MAX
  return {
    source: 'tocsin',
    fingerprint: ownFingerprint(AUDIT_KEY, ''),
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
}

function auditItem(found: readonly string[], to: string, startsAt: number | undefined): Item {
  const begun = startsAt === undefined ? {} : { startsAt }
  const fingerprint = ownFingerprint(AUDIT_KEY, to)
  return { kind: 'alert', alert: { ...auditAlert(found), to, fingerprint, ...begun } }
}
