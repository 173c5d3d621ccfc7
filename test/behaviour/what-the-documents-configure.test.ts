import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSeverity } from '../../src/alert/alert.ts'
import { DEFAULT_LIMITS, own } from '../../src/intake/intake.ts'
import { openDocument, reported, type Document } from './document.ts'

const MONITOR = 'nonce-monitor'
const VALIDATOR = 'slot-nonce-validator'

/** `action severity: summary`, of PagerDuty. */
const pages = ({ paged }: Document): readonly string[] =>
  paged().map(({ action, severity, summary }) => [action, severity, summary].join(' ').trim())

const mismatch = (process: string) => ({ type: 'mismatch', process })

test('PagerDuty only: from 50 slots behind, an incident a process and day, resolved once it has caught up', async (t) => {
  const document = await openDocument(t, 'pagerduty-only')
  const behind = (slots: number) => reported(MONITOR, mismatch('abc123'), slots)
  await document.take(behind(49))
  assert.deepEqual(document.paged(), [])
  await document.take(behind(60))
  await document.take(reported(MONITOR, { type: 'error', process: 'abc123' }, 70))
  // The same again: nobody is paged a second time.
  await document.take(behind(60))
  await document.take(reported(MONITOR, mismatch('abc123'), 0, 'resolved'))
  const keys = document.paged().map(({ action, key }) => `${action} ${key.replace(/\d{8}$/, 'DAY')}`)
  assert.deepEqual(keys, [
    'trigger nonce-monitor-mismatch-abc123-DAY',
    'trigger nonce-monitor-error-abc123-DAY',
    'resolve nonce-monitor-mismatch-abc123-DAY',
  ])
  assert.deepEqual(document.posted(), [])
})

test('PagerDuty and Slack: Slack hears from 10 slots on, PagerDuty from 100 on', async (t) => {
  const document = await openDocument(t, 'pagerduty-and-slack')
  await document.take(reported(MONITOR, mismatch('a'), 9))
  assert.deepEqual([document.paged().length, document.posted().length], [0, 0])
  await document.take(reported(MONITOR, mismatch('a'), 10))
  assert.deepEqual([document.paged().length, document.posted().length], [0, 1])
  await document.take(reported(MONITOR, mismatch('b'), 100))
  assert.deepEqual(pages(document), ['trigger error b is 100 slots behind'])
  assert.equal(document.posted().length, 2)
  await document.take(
    reported(MONITOR, mismatch('a'), 0, 'resolved'),
    reported(MONITOR, mismatch('b'), 0, 'resolved'),
  )
  assert.deepEqual(
    document.paged().map(({ action }) => action),
    ['trigger', 'resolve'],
  )
  assert.deepEqual(document.posted().length, 4)
  assert.match(document.posted()[0] ?? '', /a is 10 slots behind/)
  assert.match(document.posted()[1] ?? '', /b is 100 slots behind/)
})

test('manual resolution: the end is told in Slack, and PagerDuty is left to people', async (t) => {
  const document = await openDocument(t, 'manual-resolution')
  await document.take(reported(MONITOR, mismatch('a'), 60))
  await document.take(reported(MONITOR, mismatch('a'), 0, 'resolved'))
  assert.deepEqual(
    document.paged().map(({ action }) => action),
    ['trigger'],
  )
  assert.equal(document.posted().length, 2)
})

test('several services: critical processes go to one from 50 on, the rest to another from 100 on', async (t) => {
  const document = await openDocument(t, 'several-services')
  for (const [process, slots] of [
    ['wallet', 49],
    ['wallet', 50],
    ['cron', 60],
    ['cron', 100],
  ] as const)
    await document.take(reported(MONITOR, mismatch(process), slots))
  await document.take(reported('another monitor', mismatch('wallet'), 1))
  assert.deepEqual(
    document.paged().map(({ service, summary }) => `${service} ${summary}`),
    ['B wallet is 50 slots behind', 'A cron is 100 slots behind', 'A wallet is 1 slots behind'],
  )
})

test('severity mapping: it is as bad as a process is far behind, and gets worse with it', async (t) => {
  const document = await openDocument(t, 'severity-mapping')
  const SIZES = [
    ['a', 49],
    ['b', 50],
    ['c', 99],
    ['d', 100],
    ['e', 199],
    ['f', 200],
    ['a', 250],
  ] as const
  for (const [process, slots] of SIZES) await document.take(reported(MONITOR, { process }, slots))
  await document.take(reported('another monitor', { process: 'g' }, 300))
  assert.deepEqual(
    document.paged().map(({ key, severity }) => `${key} ${severity}`),
    ['a info', 'b warning', 'c warning', 'd error', 'e error', 'f critical', 'a critical', 'g error'],
  )
})

test('aggregation per server: mismatches from 3 on, errors from 5 on, one incident for all of a server and type', async (t) => {
  const document = await openDocument(t, 'aggregation-per-server')
  const on = (server: string, type: string, process: string, status?: 'resolved') =>
    reported(VALIDATOR, { server, type, process }, 20, status)
  await document.take(
    on('state-1', 'mismatch', 'p1'),
    on('state-1', 'mismatch', 'p2'),
    on('state-2', 'mismatch', 'p3'),
  )
  for (const process of ['p1', 'p2', 'p3', 'p4']) await document.take(on('state-1', 'error', process))
  assert.deepEqual([document.paged().length, document.posted().length], [0, 0])

  await document.take(on('state-1', 'mismatch', 'p4'))
  await document.take(on('state-1', 'error', 'p5'))
  await document.take(on('', 'failure', 'load_process_map'))
  const told = document
    .paged()
    .map(({ key, severity, summary }) => [key.replace(/\d{4}-\d\d-\d\d/, 'DAY'), severity, summary])
  assert.deepEqual(told, [
    [
      'slot-nonce-validation-DAY-state-1-mismatch',
      'critical',
      'Slot Nonce Validation: 3 × mismatch on state-1',
    ],
    ['slot-nonce-validation-DAY-state-1-error', 'error', 'Slot Nonce Validation: 5 × error on state-1'],
    ['slot-nonce-validation-DAY-failure', 'critical', 'load_process_map is 20 slots behind'],
  ])
  assert.partialDeepStrictEqual(document.paged()[0]?.details, { processes: 'p1, p2, p4' })
  assert.match(document.posted()[0] ?? '', /3 × mismatch on state-1/)

  // It ends with the last of them.
  for (const process of ['p1', 'p2']) await document.take(on('state-1', 'mismatch', process, 'resolved'))
  assert(document.paged().every(({ action }) => action === 'trigger'))
  await document.take(on('state-1', 'mismatch', 'p4', 'resolved'))
  const [last] = document.paged().slice(-1)
  assert.deepEqual([last?.action, last?.key], ['resolve', document.paged()[0]?.key])
})

test('by priority: what is critical or an emergency goes to PagerDuty, the rest by mail', async (t) => {
  const document = await openDocument(t, 'by-priority')
  const { severityWords, resolveTimeoutMs } = document.settings
  for (const priority of ['LOW', 'NORMAL', 'HIGH', 'CRITICAL', 'EMERGENCY']) {
    const body = { dedup_key: `alert-${priority}`, summary: `It is ${priority}`, severity: priority }
    const parsed = own.parse(body, {
      source: 'notifications',
      now: Date.now(),
      resolveTimeoutMs,
      severity: (word) => severityWords.get((word ?? '').toLowerCase()) ?? parseSeverity(word ?? ''),
      limits: DEFAULT_LIMITS,
    })
    assert(parsed.ok, JSON.stringify(parsed))
    await document.take(...parsed.items)
  }
  assert.deepEqual(pages(document), ['trigger critical It is CRITICAL', 'trigger critical It is EMERGENCY'])
  assert.deepEqual(
    document.mail.heard.map(({ severity, summary }) => `${severity} ${summary}`),
    ['info It is LOW', 'warning It is NORMAL', 'error It is HIGH'],
  )
})
