import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  EVERYTHING_TOLD,
  laneOf,
  nextAction,
  toldAfter,
  toldInFlight,
  type Action,
  type Incident,
  type IncidentStatus,
  type Lane,
  type Manner,
  type Told,
} from './decide.ts'

const NOW = 1_700_000_000_000
const DROP: Manner = { unsentPair: 'drop', capabilities: EVERYTHING_TOLD }
const TELL: Manner = { unsentPair: 'tell', capabilities: EVERYTHING_TOLD }
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

const TOLD = [
  'nothing',
  'perhaps-nothing',
  'unknown',
  'outdated',
  'triggered',
  'acknowledged',
  'resolved',
] as const

type Next = Action | undefined

/** What is wanted, what is told, and the next step: with equal digests, and with different ones. */
const NEXT: readonly (readonly [wanted: IncidentStatus, told: Told['status'], same: Next, other: Next])[] = [
  ['triggered', 'nothing', 'trigger', 'trigger'],
  ['triggered', 'unknown', 'trigger', 'trigger'],
  ['triggered', 'perhaps-nothing', 'trigger', 'trigger'],
  ['triggered', 'outdated', 'resolve', 'resolve'],
  ['triggered', 'resolved', 'trigger', 'trigger'],
  ['triggered', 'triggered', undefined, 'update'],
  ['triggered', 'acknowledged', undefined, 'update'],
  ['acknowledged', 'nothing', 'trigger', 'trigger'],
  ['acknowledged', 'unknown', 'trigger', 'trigger'],
  ['acknowledged', 'perhaps-nothing', 'trigger', 'trigger'],
  ['acknowledged', 'outdated', 'resolve', 'resolve'],
  ['acknowledged', 'resolved', 'trigger', 'trigger'],
  ['acknowledged', 'triggered', 'acknowledge', 'update'],
  ['acknowledged', 'acknowledged', undefined, 'update'],
  ['resolved', 'unknown', 'resolve', 'resolve'],
  ['resolved', 'outdated', 'resolve', 'resolve'],
  ['resolved', 'triggered', 'resolve', 'resolve'],
  ['resolved', 'acknowledged', 'resolve', 'resolve'],
  ['resolved', 'resolved', undefined, undefined],
]

suite('the next action closes the difference between wanted and told', () => {
  for (const [wanted, told, same, other] of NEXT) {
    test(`wanted ${wanted}, told ${told}`, () => {
      for (const manner of [DROP, TELL]) {
        assert.equal(nextAction(incidentOf(wanted, toldOf(told)), manner, NOW), same)
        assert.equal(nextAction(incidentOf(wanted, toldOf(told, OTHER)), manner, NOW), other)
      }
    })
  }

  test('wanted resolved, told nothing: the policy for unsent pairs says whether it is told at all', () => {
    const incident = incidentOf('resolved', toldOf('nothing'))
    assert.equal(nextAction(incident, DROP, NOW), undefined)
    assert.equal(nextAction(incident, TELL, NOW), 'trigger')
  })

  test('wanted resolved, told perhaps nothing: it is ended wherever it may stand, and told first if it must be', () => {
    const incident = incidentOf('resolved', toldOf('perhaps-nothing'))
    assert.equal(nextAction(incident, DROP, NOW), 'resolve')
    assert.equal(nextAction(incident, TELL, NOW), 'trigger')
  })
})

test('following the next action from anywhere ends where both agree, within three steps, and one more to tell it anew', () => {
  for (const status of ['triggered', 'acknowledged', 'resolved'] as const) {
    for (const told of TOLD) {
      let incident = incidentOf(status, toldOf(told, OTHER))
      const steps: Action[] = []
      for (let action = nextAction(incident, TELL, NOW); action; action = nextAction(incident, TELL, NOW)) {
        steps.push(action)
        assert.ok(steps.length <= (told === 'outdated' ? 4 : 3), steps.join(', '))
        const after = toldAfter(action, incident, NOW)
        // The end of what is open still is no end: nothing is known from there on.
        const isHalf = action === 'resolve' && status !== 'resolved'
        incident = incidentOf(status, isHalf ? { ...after, status: 'nothing' } : after)
      }
      assert.ok(!steps.includes('acknowledge') || steps[0] !== 'acknowledge' || told === 'triggered')
      if (status === 'resolved') assert.equal(incident.told.status, 'resolved')
      else assert.equal(incident.told.digest, SAME)
    }
  }
})

const AFTER: readonly (readonly [action: Action, told: Told['status'], after: Told])[] = [
  ['trigger', 'nothing', { ...toldOf('triggered'), at: NOW }],
  ['trigger', 'unknown', { ...toldOf('triggered'), at: NOW }],
  ['update', 'triggered', toldOf('triggered')],
  ['update', 'acknowledged', toldOf('acknowledged')],
  ['acknowledge', 'triggered', toldOf('acknowledged', OTHER)],
  ['resolve', 'triggered', toldOf('resolved')],
]

suite('what a destination knows after it accepted', () => {
  for (const [action, told, after] of AFTER) {
    test(`${action}, told ${told} before`, () => {
      assert.deepEqual(toldAfter(action, incidentOf('triggered', toldOf(told, OTHER)), NOW), after)
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
  ['a reminder', 'remind', incidentOf('triggered', toldOf('triggered'), { severity: 'critical' }), 'update'],
  ['a resolve', 'resolve', incidentOf('resolved', toldOf('triggered'), { severity: 'critical' }), 'resolve'],
]

suite('when a destination was last told so that people look', () => {
  const before: Told = { ...toldOf('triggered', OTHER), at: NOW - 5_000 }
  const ROWS: readonly (readonly [action: Action, at: number | undefined])[] = [
    ['trigger', NOW],
    ['remind', NOW],
    ['update', NOW - 5_000],
    ['acknowledge', NOW - 5_000],
    ['resolve', undefined],
  ]
  for (const [action, at] of ROWS) {
    test(`after ${action}`, () => {
      assert.equal(toldAfter(action, incidentOf('triggered', before), NOW).at, at)
    })
  }
})

suite('while it is in flight', () => {
  const ROWS: readonly (readonly [name: string, Action, IncidentStatus, Told['status']])[] = [
    ['a trigger may be all that was ever said', 'trigger', 'triggered', 'perhaps-nothing'],
    ['an update leaves open what is known', 'update', 'triggered', 'unknown'],
    ['so does an end', 'resolve', 'resolved', 'unknown'],
    ['the end of what goes on is half of telling it anew', 'resolve', 'triggered', 'outdated'],
    ['also of what is acknowledged', 'resolve', 'acknowledged', 'outdated'],
  ]
  for (const [name, action, status, told] of ROWS) {
    test(name, () => assert.equal(toldInFlight(action, incidentOf(status, toldOf('triggered'))), told))
  }
})

suite('each action has its lane', () => {
  for (const [name, action, incident, lane] of LANE_ROWS) {
    test(`${name}: ${lane}`, () => assert.equal(laneOf(action, incident), lane))
  }
})
