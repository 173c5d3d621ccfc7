import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  laneOf,
  nextAction,
  toldAfter,
  type Action,
  type Incident,
  type IncidentStatus,
  type Lane,
  type Told,
} from './decide.ts'

const SAME = 'aaaaaaaaaaaaaaaa'
const OTHER = 'bbbbbbbbbbbbbbbb'

function incidentOf(status: IncidentStatus, told: Told, more: Partial<Incident> = {}): Incident {
  return {
    destination: 'oncall',
    key: 'k',
    status,
    digest: SAME,
    severity: 'error',
    told,
    firing: { critical: 0, error: 1, warning: 0, info: 0 },
    route: 'routes[0]',
    holdResolveMs: 0,
    ttlMs: 0,
    openedAt: 0,
    updatedAt: 0,
    ...more,
  }
}

const toldOf = (status: Told['status'], digest = SAME): Told => ({ status, digest, severity: 'error' })

const TOLD = ['nothing', 'perhaps-nothing', 'unknown', 'triggered', 'acknowledged', 'resolved'] as const

type Next = Action | undefined

/** What is wanted, what is told, and the next step: with equal digests, and with different ones. */
const NEXT: readonly (readonly [wanted: IncidentStatus, told: Told['status'], same: Next, other: Next])[] = [
  ['triggered', 'nothing', 'trigger', 'trigger'],
  ['triggered', 'unknown', 'trigger', 'trigger'],
  ['triggered', 'perhaps-nothing', 'trigger', 'trigger'],
  ['triggered', 'resolved', 'trigger', 'trigger'],
  ['triggered', 'triggered', undefined, 'update'],
  ['triggered', 'acknowledged', undefined, 'update'],
  ['acknowledged', 'nothing', 'trigger', 'trigger'],
  ['acknowledged', 'unknown', 'trigger', 'trigger'],
  ['acknowledged', 'perhaps-nothing', 'trigger', 'trigger'],
  ['acknowledged', 'resolved', 'trigger', 'trigger'],
  ['acknowledged', 'triggered', 'acknowledge', 'update'],
  ['acknowledged', 'acknowledged', undefined, 'update'],
  ['resolved', 'unknown', 'resolve', 'resolve'],
  ['resolved', 'triggered', 'resolve', 'resolve'],
  ['resolved', 'acknowledged', 'resolve', 'resolve'],
  ['resolved', 'resolved', undefined, undefined],
]

suite('the next action closes the difference between wanted and told', () => {
  for (const [wanted, told, same, other] of NEXT) {
    test(`wanted ${wanted}, told ${told}`, () => {
      for (const unsentPair of ['drop', 'tell'] as const) {
        assert.equal(nextAction(incidentOf(wanted, toldOf(told)), unsentPair), same)
        assert.equal(nextAction(incidentOf(wanted, toldOf(told, OTHER)), unsentPair), other)
      }
    })
  }

  test('wanted resolved, told nothing: the policy for unsent pairs says whether it is told at all', () => {
    const incident = incidentOf('resolved', toldOf('nothing'))
    assert.equal(nextAction(incident, 'drop'), undefined)
    assert.equal(nextAction(incident, 'tell'), 'trigger')
  })

  test('wanted resolved, told perhaps nothing: it is ended wherever it may stand, and told first if it must be', () => {
    const incident = incidentOf('resolved', toldOf('perhaps-nothing'))
    assert.equal(nextAction(incident, 'drop'), 'resolve')
    assert.equal(nextAction(incident, 'tell'), 'trigger')
  })
})

test('following the next action from anywhere ends where both agree, within three steps', () => {
  for (const status of ['triggered', 'acknowledged', 'resolved'] as const) {
    for (const told of TOLD) {
      let incident = incidentOf(status, toldOf(told, OTHER))
      const steps: Action[] = []
      for (let action = nextAction(incident, 'tell'); action; action = nextAction(incident, 'tell')) {
        steps.push(action)
        assert.ok(steps.length <= 3, steps.join(', '))
        incident = incidentOf(status, toldAfter(action, incident))
      }
      assert.ok(!steps.includes('acknowledge') || steps[0] !== 'acknowledge' || told === 'triggered')
      if (status === 'resolved') assert.equal(incident.told.status, 'resolved')
      else assert.equal(incident.told.digest, SAME)
    }
  }
})

const AFTER: readonly (readonly [action: Action, told: Told['status'], after: Told])[] = [
  ['trigger', 'nothing', toldOf('triggered')],
  ['trigger', 'unknown', toldOf('triggered')],
  ['update', 'triggered', toldOf('triggered')],
  ['update', 'acknowledged', toldOf('acknowledged')],
  ['acknowledge', 'triggered', toldOf('acknowledged', OTHER)],
  ['resolve', 'triggered', toldOf('resolved')],
]

suite('what a destination knows after it accepted', () => {
  for (const [action, told, after] of AFTER) {
    test(`${action}, told ${told} before`, () => {
      assert.deepEqual(toldAfter(action, incidentOf('triggered', toldOf(told, OTHER))), after)
    })
  }
})

const LANE_ROWS: readonly (readonly [name: string, Action, Incident, Lane])[] = [
  [
    'a critical trigger',
    'trigger',
    incidentOf('triggered', toldOf('nothing'), { severity: 'critical' }),
    'critical',
  ],
  [
    'an update that makes it critical',
    'update',
    incidentOf('triggered', toldOf('triggered'), { severity: 'critical' }),
    'critical',
  ],
  [
    'an update of what is known to be critical',
    'update',
    incidentOf('triggered', { ...toldOf('triggered'), severity: 'critical' }, { severity: 'critical' }),
    'update',
  ],
  ['any other update', 'update', incidentOf('triggered', toldOf('triggered')), 'update'],
  ['any other trigger', 'trigger', incidentOf('triggered', toldOf('nothing')), 'trigger'],
  ['an acknowledgement', 'acknowledge', incidentOf('acknowledged', toldOf('triggered')), 'trigger'],
  ['a resolve', 'resolve', incidentOf('resolved', toldOf('triggered'), { severity: 'critical' }), 'resolve'],
]

suite('each action has its lane', () => {
  for (const [name, action, incident, lane] of LANE_ROWS) {
    test(`${name}: ${lane}`, () => assert.equal(laneOf(action, incident), lane))
  }
})
