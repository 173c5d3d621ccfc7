import type { Decision, Target } from '../../decide/decide.ts'
import type { Batch, Work } from '../store.ts'
import type { Database, Session } from './database.ts'
import { Draft } from './draft.ts'
import { Conflict } from './fault.ts'
import { bucketOf, lockBuckets, lockIncidents } from './locks.ts'
import { Recollection } from './recollection.ts'
import { detailOf } from '../rows.ts'
import { freshEntries, recallWaiting, writeDraft } from './write.ts'

/** A batch, and when it came. */
export interface Application {
  readonly batch: Batch
  readonly now: number
}

export type Decided = readonly (readonly Decision[])[]

/** What a draft takes to be written: locks that are held, ids that are ours. */
interface Holding {
  readonly incidents: ReadonlySet<number>
  readonly buckets: ReadonlySet<number>
  readonly newIds: number
  readonly places: readonly Target[]
}

interface Looked {
  readonly draft: Draft
  readonly decided: readonly Decided[]
  readonly needed: Holding
}

const NOTHING_HELD: Holding = { incidents: new Set(), buckets: new Set(), newIds: 0, places: [] }

/**
 * Recalls, decides and remembers what arrived together.
 *
 * It is decided on what can be read without a lock first. Nearly always nothing has changed, and that is all: nothing is
 * locked, nothing written, nothing waited for. Otherwise the draft says what it touches; that is locked, read again and
 * decided again. Should it come to more than is held by then, everything is let go and begins anew with more.
 * `refuse` is asked just before anything is written, at each try: it throws when that comes too late.
 */
export function apply(
  db: Database,
  applications: readonly Application[],
  refuse: () => void,
): Promise<readonly Decided[]> {
  let held: Holding | undefined
  return db.transaction(async (session) => {
    if (held === undefined) {
      const { draft, decided, needed } = await decide(session, applications, NOTHING_HELD)
      if (draft.isEmpty && (await freshEntries(session, draft.entries)).length === 0) return decided
      held = needed
    }
    const [, , waiting, { draft, decided, needed }] = await Promise.all([
      lockBuckets(session, held.buckets),
      lockIncidents(session, held.incidents),
      recallWaiting(session, held.incidents),
      decide(session, applications, held),
    ])
    if (!covers(held, needed)) {
      held = union(held, needed)
      throw new Conflict('what was recalled changed before it was locked')
    }
    refuse()
    await writeDraft(session, draft, waiting)
    return decided
  })
}

/** Decides on everything in its order, over what there is. New incidents get the ids that are reserved. */
async function decide(
  session: Session,
  applications: readonly Application[],
  held: Holding,
): Promise<Looked> {
  const works = applications.flatMap(({ batch }) => batch.works)
  const recalled = new Recollection()
  const [ids] = await Promise.all([
    reserveIds(session, held.newIds),
    recalled.recallAlerts(session, [...new Set(works.map(({ alert }) => alert.fingerprint))]),
    recalled.recallPlaces(session, held.places),
  ])
  const places = openingsOf(works, new Draft(recalled, () => 0))
  for (;;) {
    await recalled.recallPlaces(session, places)
    const draft = new Draft(recalled, idsFrom(ids))
    const missing: Target[] = []
    const decided = applications.map((application) => decideOne(application, draft, missing))
    if (missing.length === 0) return { draft, decided, needed: holdingOf(draft, places) }
    places.push(...missing)
  }
}

/** Work before it in its batch may send an alert where nothing has been recalled yet: then those places are `missing`. */
function decideOne({ batch, now }: Application, draft: Draft, missing: Target[]): Decided {
  for (const message of batch.messages) draft.messages.push({ ...message, now })
  return batch.works.map((work) => {
    const memberships = draft.memberships(work.alert.fingerprint)
    const targets = work.openings(memberships)
    const openings = targets.map((target) => draft.opening(target)).filter((opening) => opening !== undefined)
    if (openings.length < targets.length) {
      missing.push(...targets)
      return []
    }
    const decisions = work.decide(memberships, openings)
    const { fingerprint, source } = work.alert
    for (const decision of decisions) {
      const incidentId = draft.remember(decision, now)
      const about = incidentId === undefined ? { fingerprint } : { fingerprint, incidentId }
      draft.record({
        at: now,
        ...about,
        kind: 'decided',
        reason: decision.reason,
        detail: detailOf(source, decision),
      })
    }
    return decisions
  })
}

function openingsOf(works: readonly Work[], draft: Draft): Target[] {
  return works.flatMap((work) => work.openings(draft.memberships(work.alert.fingerprint)))
}

async function reserveIds(session: Session, count: number): Promise<readonly number[]> {
  if (count === 0) return []
  const rows = await session.all(
    `select nextval('incidents_id_seq') as id from generate_series(1, $1::integer)`,
    [count],
  )
  return rows.map((row) => Number(row['id']))
}

/** The ids in their order, then stand-ins: a draft that needs more than there are is not written. */
function idsFrom(ids: readonly number[]): () => number {
  let taken = 0
  return () => ids[taken++] ?? -taken
}

function holdingOf(draft: Draft, places: readonly Target[]): Holding {
  const buckets = new Set(draft.claimed.map(bucketOf))
  return { incidents: draft.touched, buckets, newIds: draft.begun.size, places }
}

function covers(held: Holding, needed: Holding): boolean {
  return (
    [...needed.incidents].every((id) => held.incidents.has(id)) &&
    [...needed.buckets].every((bucket) => held.buckets.has(bucket)) &&
    needed.newIds <= held.newIds
  )
}

function union(held: Holding, needed: Holding): Holding {
  return {
    incidents: new Set([...held.incidents, ...needed.incidents]),
    buckets: new Set([...held.buckets, ...needed.buckets]),
    newIds: Math.max(held.newIds, needed.newIds),
    places: needed.places,
  }
}
