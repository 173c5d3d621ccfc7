import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { NOW } from '../../test/contracts/memory.ts'
import {
  doubtAfter,
  EVERYTHING_TOLD,
  settle,
  toldInFlight,
  type Action,
  type Incident,
  type IncidentStatus,
  type Manner,
  type Outcome,
  type Plan,
  type Remembered,
  type Settlement,
  type Told,
} from './decide.ts'

const SENT = 'aaaaaaaaaaaaaaaa'
const SINCE = 'bbbbbbbbbbbbbbbb'
const DROP: Manner = { unsentPair: 'drop', capabilities: EVERYTHING_TOLD }
const TELL: Manner = { unsentPair: 'tell', capabilities: EVERYTHING_TOLD }
const RETRYING = { now: NOW, retryAt: NOW + 1_000, givenUpAt: NOW + 60_000, dueAt: NOW - 500 }

const ACCEPTED: Outcome = { kind: 'accepted', message: 'taken' }
const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }
const LIMITED: Outcome = { kind: 'retry', reason: 'rate-limited', maybeAccepted: false, message: 'too fast' }
const REJECTED: Outcome = { kind: 'rejected', reason: 'invalid-event', message: 'refused' }

const TOLD_NOTHING: Told = { status: 'nothing', digest: '0000000000000000', severity: 'info' }
const toldOf = (status: Told['status'], digest = SENT): Told => ({ status, digest, severity: 'error' })
const toldNow = (): Told => ({ ...toldOf('triggered'), at: NOW })

function incidentOf(status: IncidentStatus, told: Told, digest = SENT): Remembered {
  const firing = { critical: 0, error: 1, warning: 0, info: 0 }
  const times = { holdResolveMs: 0, ttlMs: 0, openedAt: NOW, updatedAt: NOW }
  const about = { destination: 'oncall', key: 'k', severity: 'error', route: 'routes[0]' } as const
  return { id: 1, ...about, status, digest, told, firing, ...times }
}

interface Case {
  readonly name: string
  readonly action: Action
  /** What was known before it was sent. */
  readonly before: Told
  readonly outcome: Outcome
  /** How the incident stands by now. In flight it is open what the destination knows. */
  readonly current: (action: Action) => Incident
  readonly settled: Settlement
}

const open =
  (status: IncidentStatus, digest = SENT) =>
  (action: Action): Incident =>
    incidentOf(status, toldOf(toldInFlight(action, incidentOf(status, toldOf('triggered')))), digest)
const deliver = (lane: 'resolve' | 'trigger' | 'update', dueAt = NOW): Plan => ({
  kind: 'deliver',
  lane,
  dueAt,
})

const CASES: readonly Case[] = [
  {
    name: 'accepted, nothing happened since',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: ACCEPTED,
    current: open('triggered'),
    settled: { state: 'delivered', told: toldNow(), next: { kind: 'none' } },
  },
  {
    name: 'accepted, updated since: an update follows',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: ACCEPTED,
    current: open('triggered', SINCE),
    settled: { state: 'delivered', told: toldNow(), next: deliver('update') },
  },
  {
    name: 'accepted, acknowledged since: its acknowledgement follows',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: ACCEPTED,
    current: open('acknowledged'),
    settled: { state: 'delivered', told: toldNow(), next: deliver('trigger') },
  },
  {
    name: 'accepted, over since: its resolve follows',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: ACCEPTED,
    current: open('resolved'),
    settled: { state: 'delivered', told: toldNow(), next: deliver('resolve') },
  },
  {
    name: 'accepted, left to people since: that stands',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: ACCEPTED,
    current: () => incidentOf('resolved', toldOf('resolved')),
    settled: { state: 'delivered', told: toldOf('resolved'), next: { kind: 'none' } },
  },
  {
    name: 'a resolve accepted, firing again since: a trigger follows',
    action: 'resolve',
    before: toldOf('triggered'),
    outcome: ACCEPTED,
    current: open('triggered'),
    settled: { state: 'delivered', told: TOLD_NOTHING, next: deliver('trigger') },
  },
  {
    name: 'a lost answer is said again',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: LOST,
    current: open('triggered'),
    settled: { state: 'waiting', told: toldOf('perhaps-nothing'), dueAt: NOW + 1_000 },
  },
  {
    name: 'a lost answer to a trigger, over since: a resolve is owed, for it may stand there',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: LOST,
    current: open('resolved'),
    settled: { state: 'waiting', told: toldOf('perhaps-nothing'), dueAt: NOW + 1_000 },
  },
  {
    name: 'a lost answer to an update: what is wanted is said again as a whole',
    action: 'update',
    before: toldOf('acknowledged', SINCE),
    outcome: LOST,
    current: open('acknowledged'),
    settled: { state: 'waiting', told: toldOf('unknown'), dueAt: NOW + 1_000 },
  },
  {
    name: 'certainly not taken: what was known is known still',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: LIMITED,
    current: open('triggered'),
    settled: { state: 'waiting', told: toldOf('nothing'), dueAt: NOW + 1_000 },
  },
  {
    name: 'certainly not taken, over since: there is nothing to tell',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: LIMITED,
    current: open('resolved'),
    settled: { state: 'cancelled', told: toldOf('nothing'), next: { kind: 'none' } },
  },
  {
    name: 'a resolve certainly not taken, firing again since: it goes on',
    action: 'resolve',
    before: toldOf('triggered'),
    outcome: LIMITED,
    current: open('triggered'),
    settled: { state: 'cancelled', told: toldOf('triggered'), next: { kind: 'none' } },
  },
  {
    name: 'an answer that asks to wait is heard',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: { ...LIMITED, afterMs: 7_000 },
    current: open('triggered'),
    settled: { state: 'waiting', told: toldOf('nothing'), dueAt: NOW + 7_000 },
  },
  {
    name: 'rejected: the same again would be rejected again',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: REJECTED,
    current: open('triggered'),
    settled: { state: 'dead', told: toldOf('nothing') },
  },
  {
    name: 'rejected, changed since: what is new gets a try of its own',
    action: 'trigger',
    before: toldOf('nothing'),
    outcome: REJECTED,
    current: open('triggered', SINCE),
    settled: { state: 'dead', told: toldOf('nothing'), next: deliver('trigger') },
  },
  {
    name: 'an update rejected, over since: the resolve is told all the same',
    action: 'update',
    before: toldOf('triggered', SINCE),
    outcome: REJECTED,
    current: open('resolved'),
    settled: { state: 'dead', told: toldOf('triggered', SINCE), next: deliver('resolve') },
  },
  {
    name: 'rejected after an answer was lost: it may stand there still',
    action: 'trigger',
    before: toldOf('perhaps-nothing'),
    outcome: REJECTED,
    current: open('resolved'),
    settled: { state: 'dead', told: toldOf('perhaps-nothing'), next: deliver('resolve') },
  },
]

suite('what an answer means for an incident', () => {
  for (const { name, action, before, outcome, current, settled } of CASES) {
    test(name, () => {
      const incident = incidentOf(action === 'resolve' ? 'resolved' : 'triggered', before)
      assert.deepEqual(settle({ action, incident }, current(action), outcome, DROP, RETRYING), settled)
    })
  }
})

test('a hold that began while it was in flight is waited out, whatever the answer', () => {
  const sent = { action: 'trigger', incident: incidentOf('triggered', toldOf('nothing')) } as const
  const retrying = { ...RETRYING, dueAt: NOW + 30_000 }
  const accepted = settle(sent, open('resolved')('trigger'), ACCEPTED, DROP, retrying)
  assert.deepEqual(accepted.next, deliver('resolve', NOW + 30_000))
  assert.equal(settle(sent, open('resolved')('trigger'), LOST, DROP, retrying).dueAt, NOW + 30_000)
})

test('what keeps failing for too long is dead, and what is known stays known', () => {
  const sent = { action: 'trigger', incident: incidentOf('triggered', toldOf('nothing')) } as const
  const retrying = { ...RETRYING, givenUpAt: NOW }
  for (const [outcome, told] of [
    [LOST, 'perhaps-nothing'],
    [LIMITED, 'nothing'],
  ] as const) {
    const settled = settle(sent, open('triggered')('trigger'), outcome, DROP, retrying)
    assert.deepEqual(settled, { state: 'dead', told: toldOf(told) })
  }
})

test('with `tell`, a pair that was not sent is told from its beginning', () => {
  const sent = { action: 'trigger', incident: incidentOf('triggered', toldOf('nothing')) } as const
  const settled = settle(sent, open('resolved')('trigger'), LIMITED, TELL, RETRYING)
  assert.deepEqual(settled, { state: 'waiting', told: toldOf('nothing'), dueAt: NOW + 1_000 })
})

suite('an answer that comes after the lease has gone to somebody else', () => {
  const sent = { action: 'trigger', incident: incidentOf('triggered', toldOf('nothing')) } as const
  const ROWS: readonly (readonly [name: string, current: Told['status'], Outcome, doubt: boolean])[] = [
    ['makes no difference where it agrees', 'triggered', ACCEPTED, false],
    ['leaves unknown what stands there', 'resolved', ACCEPTED, true],
    ['so does one that was lost', 'resolved', LOST, true],
    ['changes nothing when it was certainly not taken', 'resolved', LIMITED, false],
    ['leaves it to be told anew from its end on', 'outdated', ACCEPTED, false],
  ]
  for (const [name, status, outcome, doubt] of ROWS) {
    test(name, () => {
      const told = doubtAfter(sent, incidentOf('triggered', toldOf(status)), outcome, NOW)
      assert.deepEqual(told, doubt ? toldOf('unknown') : undefined)
    })
  }
})

suite(
  'an answer that comes after a late one of what was sent before: nobody knows which arrived last',
  () => {
    const late = {
      action: 'trigger',
      incident: incidentOf('triggered', toldOf('nothing', SINCE), SINCE),
    } as const
    const ROWS: readonly (readonly [name: string, Action, IncidentStatus, next: Plan])[] = [
      ['an update is said again', 'update', 'triggered', deliver('trigger')],
      ['a trigger is said again', 'trigger', 'triggered', deliver('trigger')],
      ['what is over ends once more', 'resolve', 'resolved', deliver('resolve')],
    ]
    for (const [name, action, status, next] of ROWS) {
      test(name, () => {
        const sent = { action, incident: incidentOf(status, toldOf('triggered')) }
        const told = doubtAfter(late, open(status)(action), ACCEPTED, NOW)
        assert.ok(told !== undefined)
        const settled = settle(sent, incidentOf(status, told), ACCEPTED, DROP, RETRYING)
        assert.deepEqual(settled, { state: 'delivered', told, next })
      })
    }

    test('and what we called acknowledged, though nobody is on it, is told anew', () => {
      const ours = { action: 'acknowledge', incident: incidentOf('triggered', toldOf('triggered')) } as const
      const current = incidentOf('triggered', { ...toldNow(), at: NOW - 1 })
      assert.equal(doubtAfter(ours, current, ACCEPTED, NOW)?.status, 'outdated')
    })
  },
)
