import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { addDigest, EMPTY_DIGEST, SEVERITIES, type Alert, type Severity } from '../alert/alert.ts'
import { alertOf, Memory, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import {
  acknowledgeByPerson,
  decide,
  expire,
  laneOf,
  makeMatcher,
  mannerOf,
  nextAction,
  REASONS,
  resolveByPerson,
  type Policy,
  type Told,
} from './decide.ts'

const POLICIES: readonly Policy[] = [
  policyOf(),
  policyOf({ routes: [routeOf({ dedupKey: () => 'shared', ttlMs: 30_000 })], unsentPair: 'tell' }),
  policyOf({
    routes: [
      routeOf({ matchers: [makeMatcher('severity', '=', ['critical'])], to: ['ops'], continue: true }),
      routeOf({
        dedupKey: ({ alert }) => alert.labels['team'] ?? '',
        hold: { triggerMs: 9_000, resolveMs: 5_000 },
      }),
    ],
    updateOn: ['severity', 'summary', 'details'],
    classificationMayLower: true,
  }),
  policyOf({ routes: [routeOf({ to: [] })] }),
  policyOf({
    routes: [routeOf({ to: ['oncall', 'ops'] })],
    destinations: new Map([['ops', { autoResolve: false }]]),
  }),
]

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const severity = fc.constantFrom<Severity>(...SEVERITIES)

const said = fc
  .record({
    instance: fc.constantFrom('db-1', 'db-2', 'db-3'),
    dedupKey: optional(fc.constantFrom('shared', 'mine')),
    to: optional(fc.constant('ops')),
    status: fc.constantFrom<Alert['status']>('firing', 'firing', 'acknowledged', 'resolved'),
    severity: optional(severity),
    summary: fc.constantFrom('Disk full', 'Disk fuller'),
    classified: optional(severity),
    startsAt: optional(fc.constantFrom(NOW, NOW + 1)),
    lastsMs: optional(fc.integer({ min: 0, max: 60_000 })),
  })
  .map(({ instance, classified, lastsMs, ...rest }) => ({
    does: 'say' as const,
    instance,
    classified,
    lastsMs,
    rest,
  }))

const step = fc.oneof(
  { weight: 10, arbitrary: said },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ does: 'expire' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('tell' as const),
      status: fc.constantFrom<Told['status']>(
        'unknown',
        'perhaps-nothing',
        'triggered',
        'acknowledged',
        'resolved',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'acknowledge' as const }) },
  { weight: 1, arbitrary: fc.constant({ does: 'resolve' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('config' as const), policy: fc.constantFrom(...POLICIES) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Plays one step after the other, and checks after each. */
class Play {
  readonly #memory = new Memory()
  #policy = policyOf()
  #time = NOW

  do(step: Step): void {
    const memory = this.#memory
    switch (step.does) {
      case 'say':
        return this.#say(step)
      case 'wait':
        this.#time += step.ms
        return
      case 'config':
        this.#policy = step.policy
        return
      case 'expire':
        return this.#expire()
      case 'tell':
        for (const { id, digest, severity } of memory.incidents.values())
          memory.tell(id, { status: step.status, digest, severity })
        return
      case 'acknowledge':
      case 'resolve': {
        const byPerson = step.does === 'resolve' ? resolveByPerson : acknowledgeByPerson
        for (const incident of memory.incidents.values())
          memory.remember(byPerson(incident, this.#policy, this.#time))
        return
      }
      default:
        step satisfies never
    }
  }

  #say({ instance, classified, lastsMs, rest }: Extract<Step, { does: 'say' }>): void {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
    const alert = alertOf({
      labels: { alertname: 'DiskFull', instance, team: instance },
      ...given,
      ...(lastsMs === undefined ? {} : { expiresAt: this.#time + lastsMs }),
      ...(classified === undefined ? {} : { classification: { label: 'Disk', severity: classified } }),
    })
    const memory = this.#memory
    const memberships = memory.membershipsOf(alert.fingerprint)
    const openings = memory.openingsOf(alert, memberships, this.#policy, this.#time)
    const before = structuredClone({ alert, memberships, openings })
    const again = decide(alert, memberships, openings, this.#policy, this.#time)
    const decided = memory.take(alert, this.#policy, this.#time)
    assert.deepEqual(decided, again, 'the same arguments give the same decision')
    assert.deepEqual({ alert, memberships, openings }, before, 'deciding changes nothing by itself')
    assert.ok(decided.length > 0, 'something is decided, if only that nothing is to be done')
    for (const { reason } of decided) assert.ok(reason in REASONS)
    const touched = decided.flatMap(({ incident }) => (incident?.id === undefined ? [] : [incident.id]))
    assert.equal(new Set(touched).size, touched.length, 'an incident is changed once')
  }

  #expire(): void {
    this.#memory.expire(this.#policy, this.#time)
    for (const member of this.#memory.members.values()) {
      if (member.status === 'firing') assert.ok((member.expiresAt ?? Infinity) > this.#time)
      for (const membership of this.#memory.membershipsOf(member.fingerprint))
        assert.equal(expire(membership, this.#policy, this.#time).reason, 'unchanged')
    }
  }

  check(): void {
    for (const incident of this.#memory.incidents.values()) {
      const members = [...this.#memory.members.values()].filter(
        ({ incidentId }) => incidentId === incident.id,
      )
      const firing = members.filter(({ status }) => status === 'firing')
      const counts = Object.fromEntries(
        SEVERITIES.map((severity) => [
          severity,
          firing.filter((member) => member.severity === severity).length,
        ]),
      )
      assert.deepEqual({ ...incident.firing }, counts, 'it counts what fires')
      assert.equal(incident.status === 'resolved', firing.length === 0, 'it is open while something fires')
      assert.equal(incident.closedAt !== undefined, incident.status === 'resolved')
      if (firing.length === 0) continue
      assert.equal(
        incident.severity,
        SEVERITIES.find((severity) => (counts[severity] ?? 0) > 0),
      )
      const digest = firing.reduce((set, member) => addDigest(set, member.digest), EMPTY_DIGEST)
      assert.equal(incident.digest, digest)
    }
    this.#checkPlans()
  }

  /** What the outbox holds is what differs, as of the last decision about the incident. */
  #checkPlans(): void {
    for (const [id, plan] of this.#memory.plans) {
      const incident = this.#memory.incidents.get(id)
      if (plan.kind === 'none' || incident === undefined) continue
      const action = nextAction(incident, mannerOf(this.#policy, incident.destination), this.#time)
      if (action !== undefined && plan.dueAt !== 'keep') assert.ok(plan.dueAt >= NOW)
      if (action === 'resolve') assert.equal(laneOf(action, incident), 'resolve')
    }
  }
}

test('in any history, what is remembered of an incident is what its alerts say', () => {
  const histories = fc.array(step, { minLength: 1, maxLength: 50, size: 'max' })
  fc.assert(
    fc.property(histories, (steps) => {
      const play = new Play()
      for (const step of steps) {
        play.do(step)
        play.check()
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 400) },
  )
})
