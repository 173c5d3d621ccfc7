import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { SEVERITIES, type Alert } from '../alert/alert.ts'
import { Desk } from '../../test/contracts/desk.ts'
import { alertOf, policyOf, routeOf } from '../../test/contracts/memory.ts'
import {
  compileKey,
  EVERYTHING_TOLD,
  mannerOf,
  nextAction,
  numberReader,
  toldAfter,
  type Action,
  type Capabilities,
  type Outcome,
  type Policy,
  type Remembered,
  type Route,
  type Sent,
} from './decide.ts'

const INSTANCES = ['a', 'b', 'c'] as const
const DAY_MS = 86_400_000
const STEPS_MAX = 5

function policy(
  more: Partial<Route>,
  capabilities: Partial<Capabilities> = {},
  rest: Partial<Policy> = {},
): Policy {
  const route = routeOf({ dedupKey: () => 'k', ...more })
  return policyOf({
    routes: [route],
    routesByName: new Map([[route.name, route]]),
    destinations: new Map([
      ['oncall', { autoResolve: true, capabilities: { ...EVERYTHING_TOLD, ...capabilities } }],
    ]),
    ...rest,
  })
}

const read = numberReader('behind')
const POLICIES: readonly Policy[] = [
  policy({}),
  policy({ onMute: 'resolve', hold: { triggerMs: 5_000, resolveMs: 5_000 } }),
  policy({ onMute: 'acknowledge', onJoin: 'page', hold: { triggerMs: 0, resolveMs: 5_000 } }),
  policy({ onMute: 'acknowledge', repeat: { everyMs: 20_000, how: 'page' } }),
  policy({ onMute: 'resolve', repeat: { everyMs: 20_000, how: 'remind' } }, {}, { unsentPair: 'tell' }),
  policy({
    onJoin: 'page',
    when: [{ count: { atLeast: 2 } }, { value: { field: 'behind', read, atLeast: 2 } }],
  }),
  policy({ when: [{ trend: { field: 'behind', read, checks: 1 } }], ttlMs: 30_000 }),
  ...(['resolve', 'acknowledge', 'none'] as const).flatMap((onMute) =>
    [0, 5_000].map((holdMs) =>
      policy({
        onMute,
        when: [{ value: { field: 'behind', read, atLeast: 3, untilBelow: 2 } }],
        hold: { triggerMs: 0, resolveMs: holdMs },
      }),
    ),
  ),
  policy({ dedupKey: compileKey('k-{{ today }}'), isDated: true, onJoin: 'page', onMute: 'acknowledge' }),
  policy({ groupBy: ['alertname'], onMute: 'none', onJoin: 'page', ttlMs: 30_000 }),
  policy(
    { onMute: 'resolve', onJoin: 'page', repeat: { everyMs: 20_000, how: 'page' } },
    { resolves: false },
  ),
  policy({ onMute: 'acknowledge' }, { updates: false, acknowledges: false, reminders: false }),
]

const ACCEPTED: Outcome = { kind: 'accepted', message: 'taken' }
const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }
const LIMITED: Outcome = { kind: 'retry', reason: 'rate-limited', maybeAccepted: false, message: 'too fast' }
const REJECTED: Outcome = { kind: 'rejected', reason: 'invalid-event', message: 'refused' }

/** What comes of a send: what its answer says, and whether it arrived. */
const ENDINGS = [
  { outcome: ACCEPTED, arrives: true },
  { outcome: LOST, arrives: true },
  { outcome: LOST, arrives: false },
  { outcome: LIMITED, arrives: false },
  { outcome: REJECTED, arrives: false },
] as const

const word = <T extends string>(does: T): fc.Arbitrary<{ readonly does: T }> => fc.constant({ does })
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('say' as const),
      instance: fc.constantFrom(...INSTANCES),
      status: fc.constantFrom<Alert['status']>('firing', 'firing', 'firing', 'acknowledged', 'resolved'),
      severity: fc.constantFrom(...SEVERITIES),
      behind: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('mute' as const), muted: fc.subarray([...INSTANCES]) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 1_000, 5_000, 20_000, 35_000, DAY_MS),
    }),
  },
  { weight: 6, arbitrary: word('send') },
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('answer' as const), ending: fc.constantFrom(...ENDINGS) }),
  },
  { weight: 1, arbitrary: word('lose the lease') },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('answer late' as const), ending: fc.constantFrom(...ENDINGS) }),
  },
  { weight: 1, arbitrary: word('acknowledge') },
  { weight: 1, arbitrary: word('resolve') },
  { weight: 1, arbitrary: word('revive') },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('reload' as const), policy: fc.constantFrom(...POLICIES) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

class History {
  readonly #desk: Desk
  #policy: Policy
  #muted: readonly string[] = []
  /** Sent by who has lost the lease by now. */
  readonly #late: Sent[] = []
  #wasAcknowledged = false
  #wasMuted = false

  constructor(one: Policy) {
    this.#policy = one
    this.#desk = new Desk(one)
  }

  do(step: Step): void {
    const desk = this.#desk
    switch (step.does) {
      case 'say':
        this.#wasAcknowledged ||= step.status === 'acknowledged'
        return void desk.take(alertFor(step), desk.policy, desk.time)
      case 'mute':
        return this.#mute(step.muted)
      case 'wait':
        desk.time += step.ms
        return void desk.expire(this.#policy, desk.time)
      case 'send':
        for (const [id, dueAt] of desk.due) if (dueAt <= desk.time) desk.send(id)
        return
      case 'answer':
        for (const sent of desk.inFlight.values()) {
          if (step.ending.arrives) desk.arrive(sent)
          desk.answer(sent, step.ending.outcome)
        }
        return
      case 'lose the lease':
        this.#late.push(...desk.inFlight.values())
        return desk.inFlight.clear()
      case 'answer late':
        return this.#answerLate(step.ending)
      case 'acknowledge':
      case 'resolve':
        this.#wasAcknowledged ||= step.does === 'acknowledge'
        for (const incident of desk.incidents.values()) desk[step.does](incident)
        return
      case 'revive':
        return this.#revive()
      case 'reload':
        // What can be told and what becomes of an unsent pair is no matter of a moment: it would be asked of what waits.
        if (step.policy.unsentPair !== this.#policy.unsentPair) return
        this.#policy = { ...step.policy, destinations: this.#policy.destinations }
        return this.#mute(this.#muted)
      default:
        step satisfies never
    }
  }

  /** What holds after each step. */
  check(): void {
    for (const incident of this.#desk.incidents.values()) {
      this.#checkCounts(incident)
      if (this.#desk.nextOf(incident) !== undefined) {
        const { id } = incident
        const { due, inFlight, dead } = this.#desk
        assert.ok(due.has(id) || inFlight.has(id) || dead.has(id), 'what differs is promised to be told')
      }
      this.#checkSteps(incident)
    }
  }

  /** Everything is answered, and taken; then what stands there is what should. */
  end(): void {
    const desk = this.#desk
    for (const sent of desk.inFlight.values()) {
      desk.arrive(sent)
      desk.answer(sent)
    }
    while (this.#late.length > 0) this.#answerLate({ outcome: LOST, arrives: true })
    this.#revive()
    for (let step = 0; step < STEPS_MAX; step++) {
      for (const incident of desk.incidents.values()) {
        if (desk.nextOf(incident) === undefined) continue
        const sent = desk.send(incident.id)
        assert.ok(sent !== undefined, 'what differs is promised to be told')
        desk.arrive(sent)
        desk.answer(sent)
      }
    }
    const { capabilities } = mannerOf(this.#policy, 'oncall')
    for (const incident of desk.incidents.values()) this.#checkShown(incident, capabilities)
  }

  #checkShown(incident: Remembered, { resolves, updates, acknowledges }: Capabilities): void {
    const { key, status, gate, mutedBy, onMute = 'none', digest } = incident
    const shown = this.#desk.shown.get(key)
    if (status === 'resolved' || gate !== undefined) {
      if (resolves)
        assert.equal(shown, undefined, 'what is over, or waits for its threshold, is told as open')
    } else if (mutedBy === undefined) {
      assert.ok(shown !== undefined, 'what fires is untold')
      if (updates) assert.equal(shown.digest, digest, 'what is told of it is old')
      // What somebody was on, and came back before its end was told, may be taken for the same.
      const isDoubtful = this.#wasAcknowledged && (status === 'triggered' || this.#wasMuted)
      if (acknowledges && resolves && !isDoubtful)
        assert.equal(shown.status, status, 'who is on it is told wrong')
    } else if (onMute === 'resolve' && resolves) assert.equal(shown, undefined, 'muted, it stands open')
    else if (onMute === 'acknowledge' && acknowledges && resolves && !this.#wasAcknowledged)
      assert.notEqual(shown?.status, 'triggered', 'muted, nobody is told that it is')
  }

  #checkCounts({ id, firing, muted = 0, mutedBy, status }: Remembered): void {
    const members = this.#desk.firingIn(id).map(({ member }) => member)
    const counts = SEVERITIES.map(
      (severity) => members.filter((member) => member.severity === severity).length,
    )
    assert.deepEqual(
      SEVERITIES.map((severity) => firing[severity]),
      counts,
      'it counts what fires',
    )
    const mutedMembers = members.filter((member) => member.mutedBy !== undefined).length
    assert.equal(muted, mutedMembers, 'it counts what is muted')
    if (status !== 'resolved') assert.equal(mutedBy !== undefined, muted === members.length)
  }

  /** With all accepted, it ends. */
  #checkSteps(from: Remembered): void {
    const manner = mannerOf(this.#policy, from.destination)
    let incident = from
    for (let steps = 0; steps <= STEPS_MAX; steps++) {
      const action = nextAction(incident, manner, this.#desk.time)
      if (action === undefined) return
      incident = accepted(action, incident, this.#desk.time)
    }
    assert.fail('there is no end to what is told')
  }

  #mute(muted: readonly string[]): void {
    this.#muted = muted
    this.#wasMuted ||= muted.length > 0
    const mutes = {
      muteOf: ({ labels }: Alert) =>
        muted.includes(labels['instance'] ?? '') ? `silence of ${labels['instance']}` : undefined,
    }
    this.#desk.policy = { ...this.#policy, mutes }
    this.#desk.remute()
  }

  #answerLate({ outcome, arrives }: { readonly outcome: Outcome; readonly arrives: boolean }): void {
    const sent = this.#late.shift()
    if (sent === undefined) return
    if (arrives) this.#desk.arrive(sent)
    this.#desk.answerLate(sent, outcome)
  }

  #revive(): void {
    const { dead, due, time } = this.#desk
    for (const id of dead) if (!due.has(id)) due.set(id, time)
    dead.clear()
  }
}

/** An incident once its destination has accepted the action: the end of what is open still leaves nothing there. */
function accepted(action: Action, incident: Remembered, now: number): Remembered {
  const told = toldAfter(action, incident, now)
  const isHalf = action === 'resolve' && incident.status !== 'resolved'
  return { ...incident, told: isHalf ? { ...told, status: 'nothing' } : told }
}

function alertFor({ instance, status, severity, behind }: Extract<Step, { does: 'say' }>): Alert {
  return alertOf({ labels: { alertname: 'Lag', instance }, status, severity, details: { behind } })
}

test('in any history nothing that should be told stays untold, nothing that is over stays open, and it ends', () => {
  const histories = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })
  fc.assert(
    fc.property(fc.constantFrom(...POLICIES), histories, (one, steps) => {
      const history = new History(one)
      for (const step of steps) {
        history.do(step)
        history.check()
      }
      history.end()
    }),
    { numRuns: Number(process.env['RUNS'] ?? 600) },
  )
})
