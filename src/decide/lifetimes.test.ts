import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { alertOf, Memory, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { acknowledgeByPerson, resolveByPerson, type Decision, type Policy, type Told } from './decide.ts'

const BESIDE = { labels: { alertname: 'DiskFull', instance: 'db-2' } } as const
const RESOLVED = { status: 'resolved' } as const

function reasons(decisions: readonly Decision[]): readonly string[] {
  return decisions.map(({ reason }) => reason)
}

function tellAll(memory: Memory, status: Told['status'] = 'triggered'): void {
  for (const { id, digest, severity } of memory.incidents.values())
    memory.tell(id, { status, digest, severity })
}

/** What the store waits for beyond an expiry: see `expire` in store/sqlite/sqlite-store.ts. */
function stepOf(ttlMs: number): number {
  return Math.min(Math.trunc(ttlMs / 20), 5_000)
}

suite('an alert with an end', () => {
  test('never ends early, however its sender refreshes it', () => {
    const refreshes = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 20_000 }),
        lastsMs: fc.integer({ min: 0, max: 200_000 }),
      }),
      { minLength: 1, maxLength: 12, size: 'max' },
    )
    fc.assert(
      fc.property(refreshes, (steps) => {
        const memory = new Memory()
        let time = NOW
        let endsAt = NOW
        for (const { afterMs, lastsMs } of steps) {
          time += afterMs
          endsAt = time + lastsMs
          memory.take(alertOf({ expiresAt: endsAt }), policyOf(), time)
        }
        const [member] = memory.members.values()
        const { expiresAt = 0, ttlMs = 0 } = member ?? {}
        assert.ok(expiresAt <= endsAt, 'it does not outlive what its sender says')
        assert.ok(expiresAt + stepOf(ttlMs) >= endsAt, 'it does not end before')
      }),
    )
  })

  test('is written anew only when a refresh moves its end by a step', () => {
    const memory = new Memory()
    const take = (ms: number): readonly Decision[] =>
      memory.take(alertOf({ expiresAt: NOW + ms + 60_000 }), policyOf(), NOW + ms)
    take(0)
    assert.deepEqual(take(3_000), [{ reason: 'unchanged' }])
    const [moved] = take(3_001)
    assert.equal(moved?.member?.expiresAt, NOW + 63_001)
    assert.equal(moved?.plan, undefined)
  })

  test('that is taken back lasts until its sender ends it', () => {
    for (const summary of ['Disk full', 'Disk fuller']) {
      const memory = new Memory()
      memory.take(alertOf({ expiresAt: NOW + 10_000 }), policyOf(), NOW)
      memory.take(alertOf({ summary }), policyOf(), NOW + 1_000)
      assert.deepEqual(memory.expire(policyOf(), NOW + 100_000), [])
    }
  })

  test('may get one later on, and may be given an earlier one', () => {
    const memory = new Memory()
    memory.take(alertOf(), policyOf(), NOW)
    memory.take(alertOf({ expiresAt: NOW + 90_000 }), policyOf(), NOW)
    memory.take(alertOf({ expiresAt: NOW + 89_999 }), policyOf(), NOW)
    assert.deepEqual(memory.expire(policyOf(), NOW + 89_998), [])
    assert.deepEqual(reasons(memory.expire(policyOf(), NOW + 89_999)), ['never-told'])
  })

  test('has that of its route when its sender gives none; its sender goes first', () => {
    const policy = policyOf({ routes: [routeOf({ ttlMs: 5_000 })] })
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    memory.take(alertOf({ ...BESIDE, expiresAt: NOW + 9_000 }), policy, NOW)
    assert.deepEqual(
      Array.from(memory.members.values(), ({ expiresAt }) => expiresAt),
      [NOW + 5_000, NOW + 9_000],
    )
  })
})

suite('what is held', () => {
  const policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 30_000, resolveMs: 10_000 } })] })

  test('a new failure is told once it has lasted, which an update does not put off and worse ends', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    assert.deepEqual(memory.plans.get(1), { kind: 'deliver', lane: 'trigger', dueAt: NOW + 30_000 })
    memory.take(alertOf({ summary: 'Fuller still' }), policy, NOW + 1_000)
    assert.deepEqual(memory.plans.get(1), { kind: 'deliver', lane: 'trigger', dueAt: 'keep' })
    memory.take(alertOf({ severity: 'critical' }), policy, NOW + 2_000)
    assert.deepEqual(memory.plans.get(1), { kind: 'deliver', lane: 'critical', dueAt: NOW + 2_000 })
  })

  test('what ends before it was told is told to nobody', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    assert.deepEqual(reasons(memory.take(alertOf(RESOLVED), policy, NOW + 1_000)), ['never-told'])
    assert.deepEqual(memory.plans.get(1), { kind: 'none' })
  })

  test('an end is told once it has lasted, and taken back when the failure comes back', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    tellAll(memory)
    memory.take(alertOf(RESOLVED), policy, NOW)
    assert.deepEqual(memory.plans.get(1), { kind: 'deliver', lane: 'resolve', dueAt: NOW + 10_000 })
    assert.deepEqual(reasons(memory.take(alertOf(), policy, NOW + 9_000)), ['came-back'])
    assert.deepEqual(memory.plans.get(1), { kind: 'none' })
    assert.equal(memory.only.openedAt, NOW)
  })

  test('an acknowledged incident that comes back is acknowledged still', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    tellAll(memory, 'acknowledged')
    memory.take(alertOf(RESOLVED), policy, NOW)
    memory.take(alertOf(), policy, NOW + 1_000)
    assert.equal(memory.only.status, 'acknowledged')
  })

  test('a person who ends it waits for nothing', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    tellAll(memory)
    const { plan } = resolveByPerson(memory.only, policy, NOW)
    assert.deepEqual(plan, { kind: 'deliver', lane: 'resolve', dueAt: NOW })
  })
})

suite('where people close the incidents', () => {
  const policy = policyOf({ destinations: new Map([['oncall', { autoResolve: false }]]) })

  test('an end that its source reports is not told, and the next failure is a new one', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    tellAll(memory)
    assert.deepEqual(reasons(memory.take(alertOf(RESOLVED), policy, NOW)), ['left-to-people'])
    assert.deepEqual(memory.plans.get(1), { kind: 'none' })
    assert.deepEqual(reasons(memory.take(alertOf(), policy, NOW)), ['firing-again'])
    assert.equal(memory.plans.get(1)?.kind, 'deliver')
  })

  test('an end that we never saw begin is not told either', () => {
    const memory = new Memory()
    const [decision] = memory.take(alertOf(RESOLVED), policy, NOW)
    assert.deepEqual(decision, { reason: 'left-to-people' })
  })

  test('an end by a person through us is told', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    tellAll(memory)
    const { reason, plan } = resolveByPerson(memory.only, policy, NOW)
    assert.deepEqual([reason, plan?.kind], ['resolved-by-person', 'deliver'])
  })
})

suite('several alerts of one incident', () => {
  const policy: Policy = policyOf({ routes: [routeOf({ dedupKey: () => 'disks' })] })

  test('the incident is as bad as the worst that fires', () => {
    const memory = new Memory()
    const after = (decided: readonly Decision[]): readonly unknown[] => [
      ...reasons(decided),
      memory.only.severity,
      memory.only.status,
    ]
    assert.deepEqual(after(memory.take(alertOf({ severity: 'warning' }), policy, NOW)), [
      'first-firing',
      'warning',
      'triggered',
    ])
    assert.deepEqual(after(memory.take(alertOf({ ...BESIDE, severity: 'critical' }), policy, NOW)), [
      'joined',
      'critical',
      'triggered',
    ])
    assert.deepEqual(after(memory.take(alertOf({ ...BESIDE, ...RESOLVED }), policy, NOW)), [
      'one-of-several-resolved',
      'warning',
      'triggered',
    ])
    assert.deepEqual(after(memory.take(alertOf(RESOLVED), policy, NOW)), [
      'never-told',
      'warning',
      'resolved',
    ])
  })

  test('one that is over and fires again joins anew', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    memory.take(alertOf(BESIDE), policy, NOW)
    memory.take(alertOf(RESOLVED), policy, NOW)
    assert.deepEqual(reasons(memory.take(alertOf(), policy, NOW)), ['joined'])
    assert.equal(memory.only.firing.error, 2)
  })

  test('an end by a person ends all of them', () => {
    const memory = new Memory()
    memory.take(alertOf({ startsAt: NOW }), policy, NOW)
    memory.take(alertOf({ ...BESIDE, startsAt: NOW }), policy, NOW)
    memory.remember(resolveByPerson(memory.only, policy, NOW))
    for (const alert of [alertOf({ startsAt: NOW }), alertOf({ ...BESIDE, startsAt: NOW })])
      assert.deepEqual(reasons(memory.take(alert, policy, NOW)), ['ended-by-person'])
  })

  test('an acknowledgement by a person is one of the incident, and a new alert leaves it', () => {
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    memory.remember(acknowledgeByPerson(memory.only, policy, NOW))
    memory.take(alertOf(BESIDE), policy, NOW)
    assert.equal(memory.only.status, 'acknowledged')
  })
})

suite('a key that its sender chose', () => {
  const KEYED = { dedupKey: 'disk-db-1', labels: {} } as const

  test('means the same incident, whichever source names it', () => {
    const memory = new Memory()
    memory.take(alertOf({ ...KEYED, source: 'cron' }), policyOf(), NOW)
    tellAll(memory)
    assert.deepEqual(
      reasons(memory.take(alertOf({ ...KEYED, source: 'deploy', status: 'acknowledged' }), policyOf(), NOW)),
      ['acknowledged'],
    )
    assert.deepEqual(
      reasons(memory.take(alertOf({ ...KEYED, source: 'deploy', ...RESOLVED }), policyOf(), NOW)),
      ['resolved'],
    )
  })

  test('ends the whole incident of that key, even where labelled alerts opened it', () => {
    const policy = policyOf({ routes: [routeOf({ dedupKey: () => 'disk-db-1' })] })
    const memory = new Memory()
    memory.take(alertOf(), policy, NOW)
    memory.take(alertOf(BESIDE), policy, NOW)
    tellAll(memory)
    assert.deepEqual(reasons(memory.take(alertOf({ ...KEYED, ...RESOLVED }), policy, NOW)), ['resolved'])
    assert.deepEqual(memory.only.firing, { critical: 0, error: 0, warning: 0, info: 0 })
  })

  test('makes every change of what is said an update', () => {
    const memory = new Memory()
    memory.take(alertOf(KEYED), policyOf(), NOW)
    assert.deepEqual(reasons(memory.take(alertOf({ ...KEYED, details: { percent: 97 } }), policyOf(), NOW)), [
      'updated',
    ])
  })
})

suite('when the config changes', () => {
  test('an open incident keeps its destination and key, a repeat opens nothing, and its end closes it', () => {
    const memory = new Memory()
    memory.take(alertOf(), policyOf(), NOW)
    tellAll(memory)
    const changed = policyOf({ routes: [routeOf({ to: ['ops'], dedupKey: () => 'other' })] })
    assert.deepEqual(reasons(memory.take(alertOf(), changed, NOW)), ['unchanged'])
    assert.deepEqual(reasons(memory.take(alertOf({ summary: 'Disk fuller' }), changed, NOW)), ['updated'])
    assert.deepEqual(reasons(memory.take(alertOf(RESOLVED), changed, NOW)), ['resolved'])
    assert.equal(memory.only.destination, 'oncall')
  })

  test('an alert that gets worse opens incidents where its routes lead now, and stays in those it has', () => {
    const memory = new Memory()
    memory.take(alertOf({ severity: 'warning' }), policyOf(), NOW)
    const changed = policyOf({ routes: [routeOf({ to: ['oncall', 'ops'] })] })
    assert.deepEqual(reasons(memory.take(alertOf({ severity: 'critical' }), changed, NOW)), [
      'severity-raised',
      'first-firing',
    ])
    assert.deepEqual(
      Array.from(memory.incidents.values(), ({ destination }) => destination),
      ['oncall', 'ops'],
    )
  })
})
