import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Alert } from '../alert/alert.ts'
import { alertOf, Memory, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import {
  acknowledgeByPerson,
  makeMatcher,
  numberReader,
  REASONS,
  remute,
  resolveByPerson,
  type Policy,
  type Reason,
  type Told,
} from './decide.ts'

const TOLD: Told = { status: 'triggered', digest: '0000000000000000', severity: 'error' }

/** A short play about one failure: each line returns the reasons of what it decided. */
class Play {
  readonly memory = new Memory()
  policy: Policy = policyOf()
  time: number = NOW

  take(more: Partial<Alert> = {}): readonly Reason[] {
    return this.memory.take(alertOf(more), this.policy, this.time).map(({ reason }) => reason)
  }

  /** As if the destination had been told what it should know. */
  told(): void {
    const { id, digest } = this.memory.only
    this.memory.tell(id, { ...TOLD, digest })
  }

  expire(): readonly Reason[] {
    return this.memory.expire(this.policy, this.time).map(({ reason }) => reason)
  }

  /** Looks again at what is muted. */
  remute(): readonly Reason[] {
    const { only } = this.memory
    const decision = remute(only, this.memory.firingIn(only.id), this.policy, this.time)
    if (decision !== undefined) this.memory.remember(decision)
    return decision === undefined ? [] : [decision.reason]
  }

  byPerson(act: typeof resolveByPerson): readonly Reason[] {
    const decision = act(this.memory.only, this.policy, this.time)
    this.memory.remember(decision)
    return [decision.reason]
  }
}

const RESOLVED = { status: 'resolved' } as const
const ACKNOWLEDGED = { status: 'acknowledged' } as const
const BESIDE = { labels: { alertname: 'DiskFull', instance: 'db-2' } } as const
const BEHIND = { field: 'behind', read: numberReader('behind'), atLeast: 100 } as const
const SHARED = { dedupKey: (): string => 'disks' }

/** What each reason is about, as a play that ends with it. `sent-once` is about messages: pipeline/accept.test.ts. */
const PLAYS: Record<Exclude<Reason, 'sent-once'>, (play: Play) => readonly Reason[]> = {
  'first-firing': (play) => play.take(),
  'firing-again': (play) => {
    play.take()
    play.take(RESOLVED)
    return play.take()
  },
  joined: (play) => {
    play.policy = policyOf({ routes: [routeOf(SHARED)] })
    play.take()
    return play.take(BESIDE)
  },
  'severity-raised': (play) => {
    play.take()
    return play.take({ severity: 'critical' })
  },
  'severity-lowered': (play) => {
    play.take()
    return play.take({ severity: 'warning' })
  },
  updated: (play) => {
    play.take()
    return play.take({ summary: 'Disk fuller' })
  },
  refreshed: (play) => {
    play.take()
    return play.take({ annotations: { percent: '97' } })
  },
  unchanged: (play) => {
    play.take()
    return play.take()
  },
  'came-back': (play) => {
    play.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 0, resolveMs: 60_000 } })] })
    play.take()
    play.told()
    play.take(RESOLVED)
    return play.take()
  },
  acknowledged: (play) => {
    play.take()
    return play.take(ACKNOWLEDGED)
  },
  resolved: (play) => {
    play.take()
    play.told()
    return play.take(RESOLVED)
  },
  expired: (play) => {
    play.take({ expiresAt: NOW + 1_000 })
    play.told()
    play.time += 1_000
    return play.expire()
  },
  'one-of-several-resolved': (play) => {
    play.policy = policyOf({ routes: [routeOf(SHARED)] })
    play.take()
    play.take(BESIDE)
    return play.take({ ...BESIDE, ...RESOLVED })
  },
  'left-to-people': (play) => {
    play.policy = policyOf({ destinations: new Map([['oncall', { autoResolve: false }]]) })
    play.take()
    play.told()
    return play.take(RESOLVED)
  },
  'already-resolved': (play) => {
    play.take()
    play.take(RESOLVED)
    return play.take(RESOLVED)
  },
  'resolved-unseen': (play) => play.take(RESOLVED),
  'told-again': (play) => {
    play.take()
    play.told()
    return play.take({ forgottenSince: NOW })
  },
  'acknowledged-unseen': (play) => play.take(ACKNOWLEDGED),
  'never-told': (play) => {
    play.take()
    return play.take(RESOLVED)
  },
  'ended-by-person': (play) => {
    play.take({ startsAt: NOW - 5_000 })
    play.byPerson(resolveByPerson)
    return play.take({ startsAt: NOW - 5_000 })
  },
  'acknowledged-by-person': (play) => {
    play.take()
    return play.byPerson(acknowledgeByPerson)
  },
  'resolved-by-person': (play) => {
    play.take()
    return play.byPerson(resolveByPerson)
  },
  'below-threshold': (play) => {
    play.policy = policyOf({ routes: [routeOf({ when: [{ value: BEHIND }] })] })
    return play.take({ details: { behind: 99 } })
  },
  'too-few': (play) => {
    play.policy = policyOf({ routes: [routeOf({ ...SHARED, when: [{ count: { atLeast: 2 } }] })] })
    return play.take()
  },
  'no-trend': (play) => {
    play.policy = policyOf({ routes: [routeOf({ when: [{ trend: { ...BEHIND, checks: 1 } }] })] })
    return play.take({ details: { behind: 99 } })
  },
  'perhaps-told': (play) => {
    play.policy = policyOf({ routes: [routeOf({ when: [{ value: BEHIND }] })] })
    return play.take({ details: { behind: 99 }, forgottenSince: NOW })
  },
  'threshold-reached': (play) => {
    play.policy = policyOf({ routes: [routeOf({ when: [{ value: BEHIND }] })] })
    play.take({ details: { behind: 99 } })
    return play.take({ details: { behind: 100 } })
  },
  muted: (play) => {
    play.policy = policyOf({ mutes: { muteOf: () => 'silence 1 by ann' } })
    return play.take()
  },
  unmuted: (play) => {
    play.policy = policyOf({ mutes: { muteOf: () => 'silence 1 by ann' } })
    play.take()
    play.policy = policyOf()
    return play.remute()
  },
  turned: (play) => {
    const route = routeOf({ dedupKey: ({ now }) => `day ${now < NOW + 1 ? 1 : 2}`, isDated: true })
    play.policy = policyOf({ routes: [route], routesByName: new Map([[route.name, route]]) })
    play.take()
    play.time += 86_400_000
    const [turned, begun, ...others] = play.take()
    assert.deepEqual([begun, others], ['first-firing', []])
    return turned === undefined ? [] : [turned]
  },
  unrouted: (play) => {
    play.policy = policyOf({
      routes: [routeOf({ matchers: [makeMatcher('source', '=', ['elsewhere'])] })],
    })
    return play.take()
  },
  'routed-nowhere': (play) => {
    play.policy = policyOf({ routes: [routeOf({ to: [] })] })
    return play.take()
  },
}

suite('every reason is given for what it says', () => {
  for (const [reason, act] of Object.entries(PLAYS)) {
    test(reason, () => assert.deepEqual(act(new Play()), [reason]))
  }
})

test('no reason is without its play', () => {
  assert.deepEqual(new Set([...Object.keys(PLAYS), 'sent-once']), new Set(Object.keys(REASONS)))
})

test('the end of an alert that goes nowhere is told apart in the same way as its beginning', () => {
  const nowhere = new Play()
  nowhere.policy = policyOf({ routes: [routeOf({ to: [] })] })
  assert.deepEqual(nowhere.take(RESOLVED), ['routed-nowhere'])
  const unrouted = new Play()
  unrouted.policy = policyOf({ routes: [] })
  assert.deepEqual(unrouted.take(RESOLVED), ['unrouted'])
})

test('a new beginning after a person ended the failure is a new failure', () => {
  const play = new Play()
  play.take({ startsAt: NOW - 5_000 })
  play.byPerson(resolveByPerson)
  assert.deepEqual(play.take({ startsAt: NOW + 5_000 }), ['firing-again'])
})

test('an acknowledgement or an end by a person of what is over already changes nothing', () => {
  const play = new Play()
  play.take()
  play.take(RESOLVED)
  assert.deepEqual(play.byPerson(acknowledgeByPerson), ['already-resolved'])
  assert.deepEqual(play.byPerson(resolveByPerson), ['already-resolved'])
})

test('a second acknowledgement says nothing new, whoever gave the first', () => {
  const play = new Play()
  play.take()
  play.take(ACKNOWLEDGED)
  assert.deepEqual(play.take(ACKNOWLEDGED), ['unchanged'])
  assert.deepEqual(play.byPerson(acknowledgeByPerson), ['unchanged'])
})
