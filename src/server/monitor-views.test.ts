import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExecSettings, HeartbeatSettings } from '../monitors/monitors.ts'
import type { MonitorStanding } from '../pipeline/pipeline.ts'
import type { MonitorRecord } from '../store/store.ts'
import { monitorViews, type MonitorView } from './monitor-views.ts'

const WATCHED = {
  name: 'one',
  schedule: { kind: 'every', everyMs: 60_000, jitterMs: 0 },
  deadlineMs: 60_000,
  confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
  labels: {},
  links: [],
} as const

const EXEC: ExecSettings = {
  ...WATCHED,
  type: 'exec',
  command: ['true'],
  env: {},
  timeoutMs: 1000,
  severities: {},
}
const BEATS: HeartbeatSettings = { ...WATCHED, type: 'heartbeat', withinMs: 60_000, graceMs: 0 }

const LAST = {
  monitor: 'one',
  isFailed: false,
  troubles: [],
  firing: 0,
  ended: 0,
  startedAt: 1000,
  tookMs: 50,
}

function viewOf(standing: Partial<MonitorStanding>, record: Partial<MonitorRecord> = {}): MonitorView {
  const whole = { settings: EXEC, isLooking: false, missed: 0, ...standing }
  const [view] = monitorViews([whole], [{ name: 'one', isServed: true, ...record }])
  assert.ok(view !== undefined)
  return view
}

test('who looked last knows how a monitor stands, and who looked before does not say', () => {
  assert.equal(viewOf({ last: LAST }, { ranAt: 1050 }).state, 'well')
  assert.equal(viewOf({ last: { ...LAST, firing: 3 } }, { ranAt: 1050 }).state, 'trouble')
  assert.equal(viewOf({ last: { ...LAST, firing: 3 } }, { ranAt: 61_050 }).state, undefined)
  assert.equal(viewOf({}, { ranAt: 61_050 }).state, undefined)
  assert.equal(viewOf({}).state, 'new')
  assert.equal(viewOf({ isLooking: true }).state, 'looking')
})

test('a beat that is heard does not make a look at a heartbeat out of date, and another look does', () => {
  assert.equal(viewOf({ settings: BEATS, last: LAST }, { ranAt: 2000, slotAt: 900 }).state, 'well')
  assert.equal(viewOf({ settings: BEATS, last: LAST }, { ranAt: 900, slotAt: 2000 }).state, undefined)
})

test('the beats of a heartbeat that listens to the runs of a monitor are those runs', () => {
  const records = [{ name: 'other', isServed: true, ranAt: 7000 }]
  const [view] = monitorViews([{ settings: { ...BEATS, of: 'other' }, isLooking: false, missed: 0 }], records)
  assert.equal(view?.lastAt, 7000)
})
