import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../src/alert/alert.ts'
import {
  makeMatcher,
  numberReader,
  remute,
  type FiringAlert,
  type Membership,
  type Policy,
  type Remembered,
} from '../../src/decide/decide.ts'
import type { StoredSilence } from '../../src/store/store.ts'
import { alertOf, NOW, policyOf, routeOf } from './memory.ts'
import type { WithStore } from './store.contract.ts'
import { workOf, type Workbench } from './workbench.ts'

const HOUR_MS = 3_600_000
const RESOLVED = { status: 'resolved' } as const
const on = (instance: string, more: Partial<Alert> = {}): Alert => alertOf({ labels: { instance }, ...more })

/** One incident a team; these instances are muted. */
function muting(...muted: readonly string[]): Policy {
  return policyOf({
    routes: [
      routeOf({ dedupKey: ({ alert }) => alert.labels['instance']?.slice(0, 1) ?? '', onMute: 'resolve' }),
    ],
    mutes: {
      muteOf: ({ labels: { instance = '' } }) =>
        muted.includes(instance) ? `silence of ${instance}` : undefined,
    },
  })
}

async function look(
  bench: Workbench,
  request: { afterId?: number; limit?: number; onlyKeptBack?: boolean } = {},
): Promise<{ reasons: readonly string[]; keys: readonly string[]; lastId: number | undefined }> {
  const keys: string[] = []
  const decide = (incident: Remembered, firing: readonly FiringAlert[]): ReturnType<typeof remute> => {
    keys.push(
      `${incident.key}: ${firing
        .map(({ alert }) => alert.labels['instance'] ?? '')
        .toSorted()
        .join(' ')}`,
    )
    return remute(incident, firing, bench.policy, bench.time)
  }
  const whole = { afterId: 0, limit: 100, onlyKeptBack: false, now: bench.time, ...request }
  const { decisions, lastId } = await bench.store.remute(whole, decide)
  return { reasons: decisions.map(({ reason }) => reason), keys, lastId }
}

async function incidentOf(bench: Workbench, key: string): Promise<Remembered> {
  const [view] = await bench.store.incidents({ key })
  assert.ok(view !== undefined)
  return view.incident
}

async function waiting(bench: Workbench): Promise<readonly number[]> {
  const found = await bench.store.deliveries({ state: 'waiting' })
  return found.map(({ incidentId = 0 }) => incidentId).toSorted((a, b) => a - b)
}

function silenceOf(id: string, more: Partial<StoredSilence> = {}): StoredSilence {
  const { name, comparison, values } = makeMatcher('team', '=~', ['d"b\0', 'ü😀'])
  const times = { startsAt: NOW, endsAt: NOW + HOUR_MS, createdAt: NOW, updatedAt: NOW }
  return { id, matchers: [{ name, comparison, values }], author: "o'neil", reason: '%', ...times, ...more }
}

/** What a store promises of what is muted, by what, and of what is not told for other reasons. */
export function mutesContract(withStore: WithStore): void {
  test(
    'each open incident is looked at again with what fires in it, and what was decided is remembered',
    withStore(async (bench, reopen) => {
      bench.policy = muting()
      await bench.take(on('a1'), on('a2'), on('b1'), on('c1'), on('a3', RESOLVED), on('c1', RESOLVED))
      await bench.tellAll()
      bench.policy = muting('a1', 'a2')
      assert.deepEqual(await look(bench), {
        reasons: ['muted'],
        keys: ['a: a1 a2', 'b: b1'],
        lastId: undefined,
      })
      const again = await reopen()
      const { muted, mutedBy, onMute, id } = await incidentOf(again, 'a')
      assert.deepEqual([muted, mutedBy !== undefined, onMute], [2, true, 'resolve'])
      assert.deepEqual(await waiting(again), [id])
      assert.deepEqual((await look(again)).reasons, [], 'nothing is muted otherwise')
      assert.equal((await again.claimOne()).lane, 'resolve')
      const ledger = await again.store.ledger({ incidentId: id })
      assert.equal(ledger.filter(({ reason }) => reason === 'muted').length, 1)
      assert.deepEqual(await again.store.check(), [])
    }),
  )

  test(
    'what is muted before it was told is withdrawn, and waits again once it is not',
    withStore(async (bench) => {
      bench.policy = muting()
      await bench.take(on('a1'))
      bench.policy = muting('a1')
      await look(bench)
      assert.deepEqual(await waiting(bench), [])
      bench.policy = muting()
      bench.time += 1_000
      assert.deepEqual((await look(bench)).reasons, ['unmuted'])
      const { id } = await incidentOf(bench, 'a')
      assert.deepEqual(await waiting(bench), [id])
      assert.deepEqual(await bench.store.check(), [])
    }),
  )

  test(
    'they are looked at so many at a time, from the one after the last',
    withStore(async (bench) => {
      bench.policy = muting()
      await bench.take(on('a1'), on('b1'), on('c1'))
      const first = await look(bench, { limit: 2 })
      assert.deepEqual(first.keys, ['a: a1', 'b: b1'])
      assert.ok(first.lastId !== undefined)
      const second = await look(bench, { limit: 2, afterId: first.lastId })
      assert.deepEqual([second.keys, second.lastId], [['c: c1'], undefined])
    }),
  )

  test(
    'or only those with something muted: one of several alerts is enough',
    withStore(async (bench) => {
      bench.policy = muting('a1')
      await bench.take(on('a1'), on('a2'), on('b1'))
      assert.deepEqual((await look(bench, { onlyKeptBack: true })).keys, ['a: a1 a2'])
      bench.policy = muting()
      assert.deepEqual((await look(bench, { onlyKeptBack: true })).reasons, ['refreshed'])
      assert.deepEqual((await look(bench, { onlyKeptBack: true })).keys, [])
      assert.equal((await incidentOf(bench, 'a')).muted, 0)
      assert.deepEqual(await bench.store.check(), [])
    }),
  )

  test(
    'what was looked at again is what the next decision goes by',
    withStore(async (bench) => {
      bench.policy = muting()
      await bench.take(on('a1'), on('a2'))
      await bench.take(on('a1'), on('a2'))
      bench.policy = muting('a1', 'a2')
      await look(bench)
      await bench.take(on('a1', RESOLVED))
      const { muted, mutedBy } = await incidentOf(bench, 'a')
      assert.deepEqual([muted, mutedBy !== undefined], [1, true])
      assert.deepEqual(await bench.store.check(), [])
    }),
  )

  test(
    'what fires and inhibits others is known by its names, and no longer once it is over',
    withStore(async (bench, reopen) => {
      const rule = (name: string): NonNullable<Policy['inhibitRules']>[number] => ({
        name,
        source: [makeMatcher('instance', '=~', [`${name}.*`])],
        target: [makeMatcher('team', '=', ['x'])],
        equal: ['instance'],
      })
      bench.policy = { ...muting(), inhibitRules: [rule('a'), rule('a1'), rule('b')] }
      await bench.take(on('a1'), on('a2'), on('b1'), on('c1'))
      const again = await reopen()
      assert.equal((await again.store.inhibiting()).size, 4)
      await again.take(on('a1', RESOLVED))
      assert.equal((await again.store.inhibiting()).size, 2)
      await again.take(on('a2', RESOLVED), on('b1', RESOLVED))
      assert.deepEqual([...(await again.store.inhibiting())], [])
    }),
  )

  test(
    'a silence is kept, changed and found; the list begins with what ends first',
    withStore(async (bench, reopen) => {
      const { store } = bench
      const late = silenceOf('b', { endsAt: NOW + 2 * HOUR_MS })
      const soon = silenceOf('a')
      for (const one of [late, soon, silenceOf('past', { endsAt: NOW })]) await store.putSilence(one)
      assert.deepEqual(await store.silences(NOW), [soon, late])
      assert.deepEqual(await store.silences(NOW + HOUR_MS), [late])
      const changed = { ...soon, endsAt: NOW + 3 * HOUR_MS, reason: 'longer', updatedAt: NOW + 5 }
      await store.putSilence({ ...changed, createdAt: NOW + 5 })
      const again = await reopen()
      assert.deepEqual(await again.store.silences(NOW), [late, changed], 'it was made when it was made')
      assert.deepEqual(await again.store.silence('a'), changed)
      assert.equal(await again.store.silence('c'), undefined)
    }),
  )

  test(
    'a silence that ended long enough ago is forgotten, and no other',
    withStore(async ({ store }) => {
      for (const [id, endsAt] of [
        ['a', NOW - 2],
        ['b', NOW - 1],
        ['c', NOW],
      ] as const)
        await store.putSilence(silenceOf(id, { endsAt }))
      const before = { ledger: NOW, ended: NOW }
      assert.equal(await store.prune(before, 1), 1, 'no more than it may')
      assert.equal(await store.prune(before, 10), 1)
      const left = (await store.silences(0)).map(({ id }) => id)
      assert.deepEqual(left, ['c'])
    }),
  )

  test(
    'all that an incident and its alerts are known by is known after a restart',
    withStore(async (bench, reopen) => {
      const read = numberReader('behind')
      const when = [{ trend: { field: 'behind', read, checks: 3 } }]
      const repeat = { everyMs: HOUR_MS, how: 'page' } as const
      const gated = routeOf({ dedupKey: () => 'gated', when, repeat, onMute: 'acknowledge', continue: true })
      const source = [makeMatcher('instance', '=', ['db-1'])]
      const inhibitRules = [{ name: 'r', source, target: source, equal: [] }]
      const mutes = { muteOf: () => 'during night' }
      bench.policy = policyOf({ routes: [gated, routeOf({ to: ['ops'] })], inhibitRules, mutes })
      await bench.take(on('db-1', { details: { behind: 1.5 } }))
      await bench.take(on('db-1', { details: { behind: 2 } }))
      const before = await recalled(bench)
      const again = await reopen()
      assert.deepEqual(await recalled(again), before)
      const [first, second] = before.toSorted((one, other) => one.incident.id - other.incident.id)
      const { member, incident } = first ?? assert.fail('it is part of an incident')
      assert.deepEqual(member.readings, [1.5, 2])
      assert.equal(member.mutedBy, 'during night')
      assert.equal(second?.member.inhibits?.length, 24)
      assert.deepEqual([incident.gate, incident.muted, incident.mutedBy], ['no-trend', 1, 'during night'])
      assert.deepEqual([incident.repeat, incident.onMute], [repeat, 'acknowledge'])
      assert.deepEqual(await again.store.check(), [])
    }),
  )

  test(
    'what waits for its threshold, or is muted, is no promise that is broken',
    withStore(async (bench) => {
      const when = [{ count: { atLeast: 2 } }]
      bench.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'few', when })] })
      await bench.take(on('a1'))
      bench.policy = muting('b1')
      await bench.take(on('b1'))
      assert.deepEqual(await bench.store.check(), [])
      const { breaches } = await bench.store.audit({
        now: bench.time + HOUR_MS,
        lateMs: 1,
        afterId: 0,
        limit: 100,
        actionFor: (incident) => bench.actionFor(incident),
      })
      assert.deepEqual(breaches, [])
    }),
  )

  test(
    'when the clock is set back, an incident is told again no later than it was to be, and not lost',
    withStore(async (bench) => {
      const repeat = { everyMs: 2 * HOUR_MS, how: 'remind' } as const
      bench.policy = policyOf({ routes: [routeOf({ repeat })] })
      await bench.take(on('a1'))
      await bench.tellAll()
      assert.equal(await bench.store.nextDue('oncall'), NOW + 2 * HOUR_MS)
      // An hour and a half has passed, then it is an hour earlier: half an hour is left.
      const backTo = NOW + HOUR_MS / 2
      await bench.setBack(HOUR_MS, backTo)
      assert.equal(await bench.store.nextDue('oncall'), backTo + HOUR_MS / 2)
      bench.time = backTo + HOUR_MS / 2
      const claim = await bench.claimOne()
      assert.ok('incident' in claim.content)
      assert.equal(claim.content.action, 'remind')
      await bench.settle(claim)
      assert.equal(await bench.store.nextDue('oncall'), bench.time + 2 * HOUR_MS)
    }),
  )
}

/** What is recalled of an alert when something is to be decided on it. */
async function recalled(bench: Workbench): Promise<readonly Membership[]> {
  let found: readonly Membership[] = []
  const work = workOf(on('db-1'), bench.policy, bench.time)
  const decide = (memberships: readonly Membership[]): readonly [] => ((found = memberships), [])
  await bench.store.apply({ works: [{ ...work, decide }], messages: [] }, bench.time)
  return found
}
