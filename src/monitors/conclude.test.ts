import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../alert/alert.ts'
import { fingerprintOf } from './alert-of.ts'
import { conclude, type Conclusion, type Known, type Taking } from './conclude.ts'
import { AT_ONCE } from './judge.ts'
import type { Observation, Observed } from './observation.ts'

const TAKING: Taking = {
  confirm: AT_ONCE,
  labels: { team: 'web' },
  links: [{ href: 'https://wiki.example/runbook' }],
}
const NOTHING: Known = { looks: new Map(), firing: [] }

function look(subject: string, isTrouble: boolean, type = 'status'): Observation {
  const summary = `${subject} is ${isTrouble ? 'down' : 'up'}`
  return {
    subject,
    type,
    isTrouble,
    finding: { summary, severity: 'error', labels: { zone: 'a', team: 'x', type: 'y' } },
  }
}

function saw(...observations: readonly Observation[]): Observed {
  return { kind: 'seen', observations, subjects: new Set(observations.map(({ subject }) => subject)) }
}

function concluded(observed: Observed, known: Partial<Known> = {}, taking: Taking = TAKING): Conclusion {
  return conclude('api', observed, { ...NOTHING, ...known }, taking, 0)
}

const FAILED: Observed = { kind: 'failed', failure: { reason: 'the file is gone', point: 'load' } }

const said = ({ alerts }: Conclusion): readonly string[] =>
  alerts.map(({ status, labels, forgottenSince }) =>
    [status, labels['type'], labels['subject'] ?? '', forgottenSince === 7 ? 'forgotten' : '']
      .join(' ')
      .trim(),
  )

test('what is in trouble fires; of what is well, nothing is said', () => {
  const { alerts } = concluded(saw(look('a', true), look('b', false)))
  assert.deepEqual(
    alerts.map(({ source, summary, severity, labels, links }) => ({
      source,
      summary,
      severity,
      labels,
      links,
    })),
    [
      {
        source: 'api',
        summary: 'a is down',
        severity: 'error',
        // The config adds to the labels of the monitor, and neither hides what the alert is about.
        labels: { zone: 'a', team: 'web', monitor: 'api', type: 'status', subject: 'a' },
        links: TAKING.links,
      },
    ],
  )
})

test('its identity is the monitor, the subject and the type, whatever else changes', () => {
  const [first] = concluded(saw(look('a', true))).alerts
  const [again] = concluded(
    saw({ ...look('a', true), finding: { summary: 'x', severity: 'info' } }),
    {},
    { ...TAKING, labels: {} },
  ).alerts
  assert.equal(first?.fingerprint, again?.fingerprint)
  assert.notEqual(first?.fingerprint, concluded(saw(look('a', true, 'body'))).alerts[0]?.fingerprint)
  assert.equal(first?.fingerprint, fingerprintOf('api', { subject: 'a', type: 'status' }))
})

test('what is seen to be well ends; what was not seen stays; what is watched no more ends', () => {
  const firing = concluded(saw(look('a', true), look('b', true), look('c', true))).alerts
  const observations = [look('a', false)]
  const subjects = new Set(['a', 'b'])
  for (const unseen of ['rest', [{ subject: 'b', type: 'status' }]] as const)
    assert.deepEqual(said(concluded({ kind: 'seen', observations, unseen, subjects }, { firing })), [
      'resolved status a',
      'resolved status c',
    ])
})

test('what is looked at in that respect no more ends, though its subject is looked at still', () => {
  const firing = concluded(saw(look('a', true), look('a', true, 'body'), look('', true, 'exit'))).alerts
  const observations = [look('a', true)]
  const observed: Observed = { kind: 'seen', observations, subjects: new Set(['', 'a']) }
  assert.deepEqual(said(concluded(observed, { firing })), [
    'firing status a',
    'resolved body a',
    'resolved exit',
  ])
})

test('a monitor that cannot look says so, and nothing of its subjects; once it can, that is over', () => {
  const firing = concluded(saw(look('a', true))).alerts
  const failed = concluded(FAILED, { firing })
  assert.deepEqual(said(failed), ['firing failure'])
  assert.equal(failed.alerts[0]?.summary, 'The monitor api could not look: the file is gone')
  assert(failed.isFailed)
  const after = concluded(saw(look('a', true)), { firing: [...firing, ...failed.alerts] })
  assert.deepEqual(said(after), ['resolved failure', 'firing status a'])
})

test('who has lost its memory tells the end of all that is well, and says so of all it tells', () => {
  assert.deepEqual(said(concluded(saw(look('a', true), look('b', false)), { forgottenSince: 7 })), [
    'resolved failure  forgotten',
    'firing status a forgotten',
    'resolved status b forgotten',
  ])
})

test('trouble that is not believed yet is told of neither way, and remembered', () => {
  const taking = { ...TAKING, confirm: { ...AT_ONCE, trouble: 2, of: 3 } }
  const first = concluded(saw(look('a', true)), { forgottenSince: 7 }, taking)
  assert.deepEqual(said(first), ['resolved failure  forgotten'])
  assert.equal(first.troubles.length, 1)
  const looks = new Map(
    [...first.looks].flatMap(([of, kept]) => (kept === undefined ? [] : [[of, kept] as const])),
  )
  const second = concluded(saw(look('a', true)), { looks }, taking)
  assert.deepEqual(said(second), ['firing status a forgotten'])
  // Well again, what was remembered is forgotten.
  let known: Known = {
    looks: new Map(second.looks) as Known['looks'],
    firing: second.alerts,
  }
  for (const _ of [1, 2, 3]) {
    const { looks, alerts } = concluded(saw(look('a', false)), known, taking)
    const kept = new Map(
      [...looks].flatMap(([of, value]) => (value === undefined ? [] : [[of, value] as const])),
    )
    known = {
      looks: kept,
      firing: alerts.filter(({ status }: Alert) => status === 'firing'),
    }
  }
  assert.equal(known.looks.size, 0)
})

test('what could not be seen since the memory was lost stays forgotten until it is seen', () => {
  const unseen = [{ subject: 'a', type: 'body' }]
  const observed: Observed = {
    kind: 'seen',
    observations: [look('a', true)],
    unseen,
    subjects: new Set(['a']),
  }
  const first = concluded(observed, { forgottenSince: 7 })
  const firing = first.alerts.filter(({ status }) => status === 'firing')
  const looks = new Map(
    [...first.looks].flatMap(([of, kept]) => (kept === undefined ? [] : [[of, kept] as const])),
  )
  // It is not seen the next time either; then it is.
  assert.deepEqual(said(concluded(observed, { looks, firing })), ['firing status a'])
  const last = concluded(saw(look('a', true), look('a', false, 'body')), { looks, firing })
  assert.deepEqual(said(last), ['firing status a', 'resolved body a forgotten'])
  const body = fingerprintOf('api', { subject: 'a', type: 'body' })
  assert(looks.get(body)?.forgottenSince === 7 && last.looks.has(body))
  assert.equal(last.looks.get(body), undefined)
})

test('of what is watched no more nothing is remembered', () => {
  const taking = { ...TAKING, confirm: { ...AT_ONCE, trouble: 2, of: 2 } }
  const first = concluded(saw(look('a', true), look('b', true)), {}, taking)
  const looks = new Map(
    [...first.looks].flatMap(([of, kept]) => (kept === undefined ? [] : [[of, kept] as const])),
  )
  assert.equal(looks.size, 2)
  const second = concluded(saw(look('b', true)), { looks }, taking)
  assert.equal(second.looks.get(fingerprintOf('api', look('a', true))), undefined)
  assert(second.looks.has(fingerprintOf('api', look('a', true))))
})

test('what others said in its name is left to them', () => {
  const [own] = concluded(saw(look('gone', true))).alerts
  assert(own !== undefined)
  const foreign: Alert = { ...own, fingerprint: 'v1-of-another' }
  const { type: _type, ...labels } = own.labels
  const firing = [own, foreign, { ...foreign, labels }, { ...own, fingerprint: 'v1-other', labels: {} }]
  const { alerts } = concluded(saw(look('b', false)), { firing })
  assert.deepEqual(alerts, [{ ...own, status: 'resolved' }])
})
