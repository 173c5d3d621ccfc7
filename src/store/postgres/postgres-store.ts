import type { Decision, Membership, Remembered } from '../../decide/decide.ts'
import type { Clock } from '../../world/world.ts'
import { isNews } from '../rows.ts'
import { StoreError } from '../store-error.ts'
import type {
  AuditRequest,
  Batch,
  Claimed,
  ClaimRequest,
  DeliveryState,
  HandOver,
  MonitorNews,
  MonitorRecord,
  Settling,
  Store,
  StoredSilence,
  Watched,
} from '../store.ts'
import * as absence from './absence.ts'
import { apply, type Application, type Decided } from './apply.ts'
import { audit } from './audit.ts'
import { check } from './check.ts'
import { claim } from './claim.ts'
import { Database } from './database.ts'
import { storm, unfold } from './fold.ts'
import { Groups } from './groups.ts'
import { toHandOver, toTakeBack } from './hand-over.ts'
import { migrate } from './migrate.ts'
import * as monitoring from './monitors.ts'
import * as mutes from './mutes.ts'
import * as outbox from './outbox.ts'
import { notePresence } from './presence.ts'
import { prune } from './prune.ts'
import { settle, type Outcomes } from './settle.ts'
import { change, expire } from './unasked.ts'
import * as views from './views.ts'

/** Alerts in one transaction: larger ones save nothing more, and keep those behind them waiting. */
const ALERTS_MAX = 1_000
const OUTCOMES_MAX = 500

/**
 * Who has waited for so long may have been given up by its sender, who has since said something else to another replica: this
 * process stood still, or is far too busy. Senders wait about ten seconds.
 */
const STALE_MS = 5_000

/** Opens the store at a URL, with its schema brought up to ours. */
export async function openPostgres(
  url: string,
  options: { readonly clock: Clock; readonly migrate?: boolean },
): Promise<Store> {
  const db = new Database(url)
  try {
    await migrate(db, { allowed: options.migrate ?? true })
  } catch (error) {
    await db.close()
    throw error
  }
  return new PostgresStore(db, options.clock)
}

/** Brings the schema at a URL up to ours. Returns the migrations that were missing, by name. */
export async function migratePostgres(url: string): Promise<readonly string[]> {
  const db = new Database(url)
  try {
    return await migrate(db, { allowed: true })
  } finally {
    await db.close()
  }
}

/**
 * The store for many machines: one PostgreSQL, any number of replicas.
 *
 * Nothing is cached, and nothing but rows and locks is shared: who decides on an incident holds its row, who sends holds a lease
 * on its delivery, who takes from a rate window holds the window.
 */
class PostgresStore implements Store {
  readonly isShared = true
  readonly #db: Database
  readonly #clock: Clock
  readonly #applies: Groups<Application, Decided>
  readonly #settles: Groups<Outcomes, readonly DeliveryState[]>
  /** Who has claimed through this store. */
  readonly #owners = new Set<string>()

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
    this.#applies = new Groups({
      clock,
      write: (applications) => apply(db, applications, () => refuseStale(applications, clock.now())),
      weigh: ({ batch }) => batch.works.length + batch.messages.length,
      weightMax: ALERTS_MAX,
    })
    this.#settles = new Groups({
      clock,
      write: (outcomes) => settle(db, outcomes),
      weigh: ({ settlings }) => settlings.length,
      weightMax: OUTCOMES_MAX,
    })
  }

  apply(batch: Batch, now: number): Promise<Decided> {
    return this.#applies.submit({ batch, now })
  }

  change(
    incidentId: number,
    now: number,
    decide: (incident: Remembered) => Decision,
  ): Promise<Decision | undefined> {
    return change(this.#db, incidentId, now, decide)
  }

  async expire(
    now: number,
    limit: number,
    decide: (membership: Membership) => Decision,
  ): Promise<readonly Decision[]> {
    await notePresence(this.#db, now)
    return expire(this.#db, now, limit, decide)
  }

  remute(...[request, decide]: Parameters<Store['remute']>): ReturnType<Store['remute']> {
    return mutes.remute(this.#db, request, decide)
  }

  inhibiting(): Promise<ReadonlySet<string>> {
    return mutes.inhibiting(this.#db)
  }

  putSilence(silence: StoredSilence): Promise<void> {
    return mutes.putSilence(this.#db, silence)
  }

  silences(endsAfter: number): Promise<readonly StoredSilence[]> {
    return mutes.silences(this.#db, endsAfter)
  }

  silence(id: string): Promise<StoredSilence | undefined> {
    return mutes.silence(this.#db, id)
  }

  watched(monitor: string): Promise<Watched> {
    return monitoring.watched(this.#db, monitor)
  }

  async watch(monitor: string, news: MonitorNews): Promise<void> {
    if (isNews(news)) await monitoring.watch(this.#db, monitor, news)
  }

  takeRun(monitor: string, slotAt: number): Promise<boolean> {
    return monitoring.takeRun(this.#db, monitor, slotAt)
  }

  monitors(): Promise<readonly MonitorRecord[]> {
    return monitoring.monitors(this.#db)
  }

  forgetMonitor(monitor: string): Promise<void> {
    return monitoring.forgetMonitor(this.#db, monitor)
  }

  claim(request: ClaimRequest): Promise<Claimed> {
    this.#owners.add(request.owner)
    return claim(this.#db, request)
  }

  settle(owner: string, settlings: readonly Settling[]): Promise<readonly DeliveryState[]> {
    return this.#settles.submit({ owner, settlings })
  }

  nextDue(destination: string): Promise<number | undefined> {
    return outbox.nextDue(this.#db, destination)
  }

  storm(destination: string, summariesMax: number): ReturnType<Store['storm']> {
    return storm(this.#db, destination, summariesMax)
  }

  unfold(destination: string, now: number): Promise<number> {
    return unfold(this.#db, destination, now)
  }

  toHandOver(request: HandOver): ReturnType<Store['toHandOver']> {
    return toHandOver(this.#db, request)
  }

  toTakeBack(keyPrefix: string, limit: number): ReturnType<Store['toTakeBack']> {
    return toTakeBack(this.#db, keyPrefix, limit)
  }

  retry(deliveryId: number, now: number): Promise<boolean> {
    return outbox.retry(this.#db, deliveryId, now)
  }

  resume(now: number, isGone: (owner: string) => boolean, windowMs: number): Promise<void> {
    return absence.resume(this.#db, now, isGone, windowMs)
  }

  hasten(now: number, backoffMsMax: (attempts: number) => number, destination?: string): Promise<void> {
    return absence.hasten(this.#db, now, backoffMsMax, destination)
  }

  grantSpans(now: number): Promise<void> {
    return absence.grantSpans(this.#db, now)
  }

  probe(now: number): Promise<void> {
    return notePresence(this.#db, now)
  }

  latestAt(): Promise<number | undefined> {
    return absence.latestAt(this.#db)
  }

  setBack(...moved: Parameters<Store['setBack']>): Promise<void> {
    return absence.setBack(this.#db, moved, [...this.#owners])
  }

  revive(now: number): Promise<number> {
    return absence.revive(this.#db, now)
  }

  takeBack(now: number, isGone: (owner: string) => boolean, windowMs: number): Promise<void> {
    return absence.takeBack(this.#db, now, isGone, windowMs)
  }

  openByDestination(): ReturnType<Store['openByDestination']> {
    return views.openByDestination(this.#db)
  }

  incidents(filter: Parameters<Store['incidents']>[0]): ReturnType<Store['incidents']> {
    return views.incidents(this.#db, filter)
  }

  incident(id: number): ReturnType<Store['incident']> {
    return views.incident(this.#db, id)
  }

  deliveries(filter: Parameters<Store['deliveries']>[0]): ReturnType<Store['deliveries']> {
    return views.deliveries(this.#db, filter, this.#clock.now())
  }

  alerts(): ReturnType<Store['alerts']> {
    return views.alerts(this.#db)
  }

  ledger(filter: Parameters<Store['ledger']>[0]): ReturnType<Store['ledger']> {
    return views.ledger(this.#db, filter)
  }

  incidentsOf(fingerprint: string): Promise<readonly number[]> {
    return views.incidentsOf(this.#db, fingerprint)
  }

  backlog(now: number): ReturnType<Store['backlog']> {
    return views.backlog(this.#db, now)
  }

  dead(exceptKeys: string): ReturnType<Store['dead']> {
    return views.dead(this.#db, exceptKeys)
  }

  isSettled(now: number): Promise<boolean> {
    return outbox.isSettled(this.#db, now)
  }

  prune(before: { readonly ledger: number; readonly ended: number }, limit: number): Promise<number> {
    return prune(this.#db, before, limit)
  }

  audit(request: AuditRequest): ReturnType<Store['audit']> {
    return audit(this.#db, request)
  }

  check(): Promise<readonly string[]> {
    return check(this.#db)
  }

  async close(): Promise<void> {
    await Promise.all([this.#applies.idle(), this.#settles.idle()])
    await this.#db.close()
  }
}

function refuseStale(applications: readonly Application[], now: number): void {
  const waitedMs = Math.max(...applications.map((one) => now - one.now))
  if (waitedMs <= STALE_MS) return
  throw new StoreError(
    'locked',
    `Alerts have waited ${waitedMs} ms to be stored, and ${STALE_MS} ms are too long: they may be out of date.`,
    'Nothing of them was stored. Send them again; if it lasts, run more replicas or a faster database.',
  )
}
