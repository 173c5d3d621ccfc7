import assert from 'node:assert/strict'
import type { Remembered } from '../../decide/decide.ts'
import { laneIndex, messageText, onceOf } from '../rows.ts'
import type { LedgerEntry, Message } from '../store.ts'
import type { Row, Session, Transaction } from './database.ts'
import type { Draft, WrittenMember } from './draft.ts'
import { outboxChanges, type ChangedDelivery, type NewDelivery, type Waiting } from './outbox-changes.ts'
import { insert, namesOf, update, type Column } from './table.ts'

/** What has no incident is decided anew with every repeat; once an hour is enough to be found by who looks for it. */
const REPEATED_AFTER_MS = 3_600_000

const INCIDENT_ID: Column<Remembered> = ['id', 'bigint', ({ id }) => id]
const INCIDENT_PLACE: readonly Column<Remembered>[] = [
  ['destination', 'text', ({ destination }) => destination],
  ['key', 'text', ({ key }) => key],
]
const INCIDENT: readonly Column<Remembered>[] = [
  ['status', 'text', ({ status }) => status],
  ['digest', 'text', ({ digest }) => digest],
  ['severity', 'text', ({ severity }) => severity],
  ['told_status', 'text', ({ told }) => told.status],
  ['told_digest', 'text', ({ told }) => told.digest],
  ['told_severity', 'text', ({ told }) => told.severity],
  ['firing_critical', 'integer', ({ firing }) => firing.critical],
  ['firing_error', 'integer', ({ firing }) => firing.error],
  ['firing_warning', 'integer', ({ firing }) => firing.warning],
  ['firing_info', 'integer', ({ firing }) => firing.info],
  ['route', 'text', ({ route }) => route],
  ['hold_resolve_ms', 'bigint', ({ holdResolveMs }) => holdResolveMs],
  ['ttl_ms', 'bigint', ({ ttlMs }) => ttlMs],
  ['opened_at', 'bigint', ({ openedAt }) => openedAt],
  ['updated_at', 'bigint', ({ updatedAt }) => updatedAt],
  ['closed_at', 'bigint', ({ closedAt }) => closedAt ?? null],
  ['reference', 'text', ({ reference }) => reference ?? null],
  ['gate', 'text', ({ gate }) => gate ?? null],
  ['muted', 'integer', ({ muted }) => muted ?? 0],
  ['muted_by', 'text', ({ mutedBy }) => mutedBy ?? null],
  ['on_mute', 'text', ({ onMute }) => onMute ?? null],
  ['repeat_ms', 'bigint', ({ repeat }) => repeat?.everyMs ?? null],
  ['repeat_how', 'text', ({ repeat }) => repeat?.how ?? null],
  ['told_at', 'bigint', ({ told }) => told.at ?? null],
]

const MEMBER_KEY: readonly Column<WrittenMember>[] = [
  ['fingerprint', 'text', ({ member }) => member.fingerprint],
  ['incident_id', 'bigint', ({ incidentId }) => incidentId],
]
const MEMBER: readonly Column<WrittenMember>[] = [
  ['status', 'text', ({ member }) => member.status],
  ['severity', 'text', ({ member }) => member.severity],
  ['digest', 'text', ({ member }) => member.digest],
  ['body_digest', 'text', ({ member }) => member.bodyDigest],
  ['starts_at', 'bigint', ({ member }) => member.startsAt ?? null],
  ['expires_at', 'bigint', ({ member }) => member.expiresAt ?? null],
  ['ttl_ms', 'bigint', ({ member }) => member.ttlMs ?? null],
  ['ended_by', 'text', ({ member }) => member.endedBy ?? null],
  ['muted_by', 'text', ({ member }) => member.mutedBy ?? null],
  ['inhibits', 'text', ({ member }) => member.inhibits ?? null],
  [
    'readings',
    'text',
    ({ member: { readings } }) => (readings === undefined ? null : JSON.stringify(readings)),
  ],
  ['updated_at', 'bigint', ({ updatedAt }) => updatedAt],
]
const MEMBER_BODY: readonly Column<WrittenMember>[] = [
  ['source', 'text', ({ member }) => member.source],
  ['body', 'text', ({ body }) => body ?? null],
]
const MEMBER_UPSERT = `on conflict (fingerprint, incident_id) do update set (${namesOf([...MEMBER, ...MEMBER_BODY])}) =
  (${[...MEMBER, ...MEMBER_BODY].map(([name]) => `excluded.${name}`).join(', ')})`

const NOTHING_DIFFERS = 'nothing differs any more'

const NEW_DELIVERY: readonly Column<NewDelivery>[] = [
  ['destination', 'text', ({ destination }) => destination],
  ['incident_id', 'bigint', ({ incidentId }) => incidentId],
  ['lane', 'integer', ({ lane }) => lane],
  ['due_at', 'bigint', ({ dueAt }) => dueAt],
  ['created_at', 'bigint', ({ createdAt }) => createdAt],
  ['state', 'text', ({ withdrawnAt }) => (withdrawnAt === undefined ? 'waiting' : 'cancelled')],
  ['settled_at', 'bigint', ({ withdrawnAt }) => withdrawnAt ?? null],
  ['outcome', 'text', ({ withdrawnAt }) => (withdrawnAt === undefined ? null : NOTHING_DIFFERS)],
]
const DELIVERY_ID: Column<ChangedDelivery> = ['id', 'bigint', ({ id }) => id]
const PLANNED: readonly Column<ChangedDelivery>[] = [
  ['lane', 'integer', ({ lane }) => lane],
  ['due_at', 'bigint', ({ dueAt }) => dueAt],
  ['created_at', 'bigint', ({ createdAt }) => createdAt],
  ['failing_since', 'bigint', ({ failingSince }) => failingSince],
]
const WITHDRAWN: readonly Column<ChangedDelivery>[] = [
  ['state', 'text', () => 'cancelled'],
  ['settled_at', 'bigint', ({ withdrawnAt }) => withdrawnAt ?? null],
  ['outcome', 'text', () => NOTHING_DIFFERS],
]

const MESSAGE: readonly Column<Message & { readonly now: number }>[] = [
  ['destination', 'text', ({ destination }) => destination],
  ['message', 'text', messageText],
  ['once', 'text', (message) => onceOf(message) ?? null],
  ['lane', 'integer', () => laneIndex('update')],
  ['state', 'text', () => 'waiting'],
  ['action', 'text', (message) => ('change' in message ? 'change' : 'note')],
  ['due_at', 'bigint', ({ now }) => now],
  ['created_at', 'bigint', ({ now }) => now],
]

const MESSAGE_ONCE = 'on conflict (destination, once) where once is not null do nothing'

const ENTRY: readonly Column<LedgerEntry>[] = [
  ['at', 'bigint', ({ at }) => at],
  ['incident_id', 'bigint', ({ incidentId }) => incidentId ?? null],
  ['fingerprint', 'text', ({ fingerprint }) => fingerprint ?? null],
  ['kind', 'text', ({ kind }) => kind],
  ['reason', 'text', ({ reason }) => reason],
  ['detail', 'text', ({ detail }) => detail ?? null],
]

/**
 * Writes a draft down, each kind of rows with one statement, and leaves it to the commit to wait for them. Who calls holds the
 * incidents that it touches, and knows which of their deliveries wait.
 */
export async function writeDraft(
  session: Transaction,
  draft: Draft,
  waiting: ReadonlyMap<number, Waiting>,
): Promise<void> {
  const entries = await freshEntries(session, draft.entries)
  await writeMembers(session, draft)
  const { added, changed, buried } = outboxChanges(waiting, draft.plans)
  const isWithdrawn = ({ withdrawnAt }: ChangedDelivery): boolean => withdrawnAt !== undefined
  const withdrawn = changed.filter(isWithdrawn)
  const planned = changed.filter((delivery) => !isWithdrawn(delivery))
  session.withCommit(
    Promise.all([
      insert(session, 'incidents', [INCIDENT_ID, ...INCIDENT_PLACE, ...INCIDENT], draft.opened),
      update(session, 'incidents', { keys: [INCIDENT_ID], columns: INCIDENT }, draft.changed),
      update(session, 'deliveries', { keys: [DELIVERY_ID], columns: WITHDRAWN }, withdrawn),
      update(session, 'deliveries', { keys: [DELIVERY_ID], columns: PLANNED }, planned),
      bury(session, buried),
      insert(session, 'deliveries', NEW_DELIVERY, added),
      insert(session, 'deliveries', MESSAGE, draft.messages, MESSAGE_ONCE),
      insert(session, 'ledger', ENTRY, entries),
    ]),
  )
}

/** What ended with its incident comes first: what was decided after that stands. */
async function writeMembers(session: Transaction, { ended, members }: Draft): Promise<void> {
  const ends = [...ended].map(([id, { by, now }]) => ({ id, by, now }))
  if (ends.length > 0) {
    session.withCommit(
      session.run(
        `update alerts set status = 'resolved', ended_by = given.by, updated_at = given.now
         from unnest($1::bigint[], $2::text[], $3::bigint[]) as given (id, by, now)
         where incident_id = given.id and status = 'firing'`,
        [ends.map(({ id }) => id), ends.map(({ by }) => by), ends.map(({ now }) => now)],
      ),
    )
  }
  const isRenewed = ({ body }: WrittenMember): boolean => body !== undefined
  const renewed = members.filter(isRenewed)
  const kept = members.filter((member) => !isRenewed(member))
  session.withCommit(
    insert(session, 'alerts', [...MEMBER_KEY, ...MEMBER, ...MEMBER_BODY], renewed, MEMBER_UPSERT),
  )
  const updated = await update(session, 'alerts', { keys: MEMBER_KEY, columns: MEMBER }, kept)
  assert.equal(updated, kept.length, 'a member without its alert was recalled, so it has a row')
}

/** What died of an incident is history once something newer of it arrived, or once it is over. */
export async function bury(session: Session, buried: ReadonlyMap<number, number>): Promise<void> {
  if (buried.size === 0) return
  await session.run(
    `update deliveries set state = 'cancelled', settled_at = given.at
     from unnest($1::bigint[], $2::bigint[]) as given (id, at) where incident_id = given.id and state = 'dead'`,
    [[...buried.keys()], [...buried.values()]],
  )
}

/** The deliveries that wait for these incidents, which are locked. */
export async function recallWaiting(
  session: Session,
  ids: ReadonlySet<number>,
): Promise<Map<number, Waiting>> {
  if (ids.size === 0) return new Map()
  const rows = await session.all(
    `select * from deliveries where incident_id = any($1::bigint[]) and state = 'waiting'`,
    [[...ids]],
  )
  return new Map(rows.map((row) => [Number(row['incident_id']), toWaiting(row)]))
}

export function toWaiting(row: Row): Waiting {
  return {
    id: Number(row['id']),
    lane: Number(row['lane']),
    dueAt: Number(row['due_at']),
    createdAt: Number(row['created_at']),
    failingSince: typeof row['failing_since'] === 'number' ? row['failing_since'] : null,
    leasedUntil: Number(row['leased_until'] ?? 0),
  }
}

/** Entries without those of alerts that went nowhere, where the same was written down within the hour. */
export async function freshEntries(
  session: Session,
  entries: readonly LedgerEntry[],
): Promise<readonly LedgerEntry[]> {
  const nowhere = entries.filter(isOfNowhere)
  if (nowhere.length === 0) return entries
  const rows = await session.all(
    `select fingerprint, reason, max(at) as at from ledger where incident_id is null and fingerprint = any($1::text[])
     group by fingerprint, reason`,
    [nowhere.map(({ fingerprint = '' }) => fingerprint)],
  )
  const writtenAt = new Map(
    rows.map((row) => [JSON.stringify([row['fingerprint'], row['reason']]), Number(row['at'])]),
  )
  return entries.filter((entry) => {
    if (!isOfNowhere(entry)) return true
    const { fingerprint, reason, at } = entry
    const name = JSON.stringify([fingerprint, reason])
    if ((writtenAt.get(name) ?? -Infinity) > at - REPEATED_AFTER_MS) return false
    writtenAt.set(name, at)
    return true
  })
}

function isOfNowhere({ kind, incidentId }: LedgerEntry): boolean {
  return kind === 'decided' && incidentId === undefined
}
