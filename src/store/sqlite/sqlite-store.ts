import type { Decision, Membership, Remembered } from '../../decide/decide.ts'
import type { Clock } from '../../world/world.ts'
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
import { Database } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import * as absence from './absence.ts'
import { audit } from './audit.ts'
import { check } from './check.ts'
import { storm, unfold } from './fold.ts'
import { toHandOver, toTakeBack } from './hand-over.ts'
import { migrate } from './migrate.ts'
import * as monitoring from './monitors.ts'
import * as mutes from './mutes.ts'
import * as outbox from './outbox.ts'
import { prune } from './prune.ts'
import { applyWork, remember, toMembership, writeLedger, writeMessage } from './remember.ts'
import { isNews, MEMBER_COLUMNS, toIncident } from '../rows.ts'
import * as views from './views.ts'

/**
 * The embedded store: one file, WAL, synchronous=FULL, one durable commit for everything that arrived meanwhile.
 *
 * Memory does not grow with the number of alerts: what was recalled lately is kept (`Recent`), for as long as nobody has
 * written to it. A second process on the same file (`tocsin trigger` beside a running service) sees what is so.
 */
export class SqliteStore implements Store {
  readonly isShared = false
  readonly #db: Database
  readonly #clock: Clock
  readonly #commits: GroupCommit

  constructor(path: string, options: { clock: Clock; migrate?: boolean }) {
    this.#db = new Database(path)
    this.#clock = options.clock
    this.#commits = new GroupCommit(this.#db, options.clock)
    try {
      migrate(this.#db, options.migrate ?? true)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  apply({ works, messages }: Batch, now: number): Promise<readonly (readonly Decision[])[]> {
    return this.#commits.submit(() => {
      for (const message of messages) writeMessage(this.#db, message, now)
      return works.map((work) => applyWork(this.#db, work, now))
    })
  }

  change(
    incidentId: number,
    now: number,
    decide: (incident: Remembered) => Decision,
  ): Promise<Decision | undefined> {
    return this.#commits.submit(() => {
      const row = this.#db.get('select * from incidents where id = ?', [incidentId])
      if (row === undefined) return undefined
      const decision = decide(toIncident(row))
      remember(this.#db, decision, now)
      writeLedger(
        this.#db,
        { now, incidentId, fingerprint: '', detail: 'by hand', kind: 'asked' },
        decision.reason,
      )
      return decision
    })
  }

  expire(
    now: number,
    limit: number,
    decide: (membership: Membership) => Decision,
  ): Promise<readonly Decision[]> {
    return this.#commits.submit(() => {
      // A refresh is written down once it has moved the expiry by a step (decide/firing.ts), so one step is waited out.
      const rows = this.#db.all(
        `select i.*, ${MEMBER_COLUMNS} from alerts a join incidents i on i.id = a.incident_id where a.status = 'firing'
         and a.expires_at <= ? and a.expires_at + min(coalesce(a.ttl_ms, 0) / 20, 5000) <= ? order by a.expires_at limit ? + 0`,
        [now, now, limit],
      )
      return rows.map(toMembership).map((membership) => {
        // An alert before it may have ended the same incident, so it is recalled anew.
        const row = this.#db.get('select * from incidents where id = ?', [membership.incident.id])
        const decision = decide(row === undefined ? membership : { ...membership, incident: toIncident(row) })
        const incidentId = remember(this.#db, decision, now)
        const { fingerprint } = membership.member
        writeLedger(
          this.#db,
          { now, incidentId, fingerprint, detail: 'not refreshed in time' },
          decision.reason,
        )
        return decision
      })
    })
  }

  remute(...[request, decide]: Parameters<Store['remute']>): ReturnType<Store['remute']> {
    return this.#commits.submit(() => mutes.remute(this.#db, request, decide))
  }

  async inhibiting(): Promise<ReadonlySet<string>> {
    return mutes.inhibiting(this.#db)
  }

  putSilence(silence: StoredSilence): Promise<void> {
    return this.#commits.submit(() => mutes.putSilence(this.#db, silence))
  }

  async silences(endsAfter: number): Promise<readonly StoredSilence[]> {
    return mutes.silences(this.#db, endsAfter)
  }

  async silence(id: string): Promise<StoredSilence | undefined> {
    return mutes.silence(this.#db, id)
  }

  async watched(monitor: string): Promise<Watched> {
    return monitoring.watched(this.#db, monitor)
  }

  async watch(monitor: string, news: MonitorNews): Promise<void> {
    if (isNews(news)) await this.#commits.submit(() => monitoring.watch(this.#db, monitor, news))
  }

  takeRun(monitor: string, slotAt: number): Promise<boolean> {
    return this.#commits.submit(() => monitoring.takeRun(this.#db, monitor, slotAt))
  }

  async monitors(): Promise<readonly MonitorRecord[]> {
    return monitoring.monitors(this.#db)
  }

  forgetMonitor(monitor: string): Promise<void> {
    return this.#commits.submit(() => monitoring.forgetMonitor(this.#db, monitor))
  }

  claim(request: ClaimRequest): Promise<Claimed> {
    return this.#commits.submit(() => outbox.claim(this.#db, request))
  }

  settle(owner: string, settlings: readonly Settling[]): Promise<readonly DeliveryState[]> {
    return this.#commits.submit(() =>
      settlings.map((settling) => outbox.settleOne(this.#db, owner, settling)),
    )
  }

  async nextDue(destination: string): Promise<number | undefined> {
    return outbox.nextDue(this.#db, destination)
  }

  async storm(destination: string, summariesMax: number): ReturnType<Store['storm']> {
    return storm(this.#db, destination, summariesMax)
  }

  unfold(destination: string, now: number): Promise<number> {
    return this.#commits.submit(() => unfold(this.#db, destination, now))
  }

  async toHandOver(request: HandOver): ReturnType<Store['toHandOver']> {
    return toHandOver(this.#db, request)
  }

  async toTakeBack(keyPrefix: string, limit: number): ReturnType<Store['toTakeBack']> {
    return toTakeBack(this.#db, keyPrefix, limit)
  }

  retry(deliveryId: number, now: number): Promise<boolean> {
    return this.#commits.submit(() => outbox.retry(this.#db, deliveryId, now))
  }

  resume(now: number, isGone: (owner: string) => boolean, windowMs: number): Promise<void> {
    return this.#commits.submit(() => absence.resume(this.#db, now, isGone, windowMs))
  }

  grantSpans(now: number): Promise<void> {
    return this.#commits.submit(() => absence.grantSpans(this.#db, now))
  }

  async latestAt(): Promise<number | undefined> {
    return absence.latestAt(this.#db)
  }

  setBack(...[byMs, now, most]: Parameters<Store['setBack']>): Promise<void> {
    return this.#commits.submit(() => absence.setBack(this.#db, byMs, now, most))
  }

  revive(now: number): Promise<number> {
    return this.#commits.submit(() => absence.revive(this.#db, now))
  }

  takeBack(now: number, isGone: (owner: string) => boolean, windowMs: number): Promise<void> {
    return this.#commits.submit(() => absence.takeBack(this.#db, now, isGone, windowMs))
  }

  hasten(now: number, backoffMsMax: (attempts: number) => number, destination?: string): Promise<void> {
    return this.#commits.submit(() => absence.hasten(this.#db, now, backoffMsMax, destination))
  }

  async incidents(filter: Parameters<Store['incidents']>[0]): ReturnType<Store['incidents']> {
    return views.incidents(this.#db, filter)
  }

  async incident(id: number): ReturnType<Store['incident']> {
    return views.incident(this.#db, id)
  }

  async deliveries(filter: Parameters<Store['deliveries']>[0]): ReturnType<Store['deliveries']> {
    return views.deliveries(this.#db, filter, this.#clock.now())
  }

  async openByDestination(): ReturnType<Store['openByDestination']> {
    return views.openByDestination(this.#db)
  }

  async alerts(): ReturnType<Store['alerts']> {
    return views.alerts(this.#db)
  }

  async ledger(filter: Parameters<Store['ledger']>[0]): ReturnType<Store['ledger']> {
    return views.ledger(this.#db, filter)
  }

  async incidentsOf(fingerprint: string): Promise<readonly number[]> {
    const rows = this.#db.all('select incident_id as id from alerts where fingerprint = ? order by 1', [
      fingerprint,
    ])
    return rows.map((row) => row['id'] as number)
  }

  async backlog(now: number): ReturnType<Store['backlog']> {
    return views.backlog(this.#db, now)
  }

  async dead(exceptKeys: string): ReturnType<Store['dead']> {
    return views.dead(this.#db, exceptKeys)
  }

  async isSettled(now: number): Promise<boolean> {
    return outbox.isSettled(this.#db, now)
  }

  probe(now: number): Promise<void> {
    return this.#commits.submit(() => absence.probe(this.#db, now))
  }

  prune(before: { ledger: number; ended: number }, limit: number): Promise<number> {
    return this.#commits.submit(() => prune(this.#db, before, limit))
  }

  async audit(request: AuditRequest): ReturnType<Store['audit']> {
    return audit(this.#db, request)
  }

  async check(): Promise<readonly string[]> {
    return check(this.#db)
  }

  async close(): Promise<void> {
    this.#commits.flush()
    this.#db.close()
  }
}
