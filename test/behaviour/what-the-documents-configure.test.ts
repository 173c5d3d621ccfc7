import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSeverity } from '../../src/alert/alert.ts'
import { DEFAULT_LIMITS, own } from '../../src/intake/intake.ts'
import { openDocument, type Paged, type Told } from './document.ts'

const NOTHING: Told = { paged: [], posted: [] }

/** `action severity: summary`, of PagerDuty. */
const pages = ({ paged }: Told): readonly string[] =>
  paged.map(({ action, severity, summary }) => [action, severity, summary].join(' ').trim())

/** `service action key`, of PagerDuty, without what changes with the day. */
const keys = ({ paged }: Told): readonly string[] =>
  paged.map(({ service, action, key }) => `${service} ${action} ${undated(key)}`)

const undated = (key: string): string => key.replace(/\d{4}-?\d\d-?\d\d/, 'DAY')

test('PagerDuty only: from 50 slots behind, an incident a process and day, resolved once it has caught up', async (t) => {
  const { look, processes } = await openDocument(t, 'pagerduty-only', [['abc123', 'def456']])
  assert.deepEqual(await look({ abc123: 49 }), NOTHING)
  const told = await look({ abc123: 60 })
  assert.deepEqual(keys(told), ['A trigger nonce-monitor-mismatch-abc123-DAY'])
  assert.deepEqual(pages(told), ['trigger error Process abc123 is 60 slots behind scheduler'])
  // The same again: nobody is paged a second time.
  assert.deepEqual(await look(), NOTHING)
  assert.deepEqual(keys(await look({ abc123: 'away' })), ['A trigger nonce-monitor-error-abc123-DAY'])
  assert.deepEqual(keys(await look({ abc123: 49 })), [
    'A resolve nonce-monitor-error-abc123-DAY',
    'A resolve nonce-monitor-mismatch-abc123-DAY',
  ])
  // A state that is ahead is as far away.
  assert.deepEqual(pages(await look({ def456: -100 })), [
    'trigger critical Process def456 is 100 slots ahead of scheduler',
  ])
  processes.unlist()
  assert.deepEqual(keys(await look()), ['A trigger nonce-monitor-failure-DAY'])
  processes.list()
  assert.deepEqual(keys(await look()), ['A resolve nonce-monitor-failure-DAY'])
})

test('PagerDuty and Slack: Slack hears from 10 slots on, PagerDuty from 100 on', async (t) => {
  const { look, processes } = await openDocument(t, 'pagerduty-and-slack', [['a', 'b']])
  assert.deepEqual(await look({ a: 9 }), NOTHING)
  const first = await look({ a: 10 })
  assert.deepEqual(first.paged, [])
  assert.match(first.posted.join(), /^\S+ .*Process a is 10 slots behind scheduler/)
  const second = await look({ b: 100 })
  assert.deepEqual(pages(second), ['trigger critical Process b is 100 slots behind scheduler'])
  assert.match(second.posted.join(), /Process b is 100 slots behind scheduler/)

  // Closer than 100 it is over for PagerDuty, though not for Slack.
  assert.deepEqual(keys(await look({ b: 99 })), ['A resolve nonce-monitor-mismatch-b-DAY'])
  assert.deepEqual(keys(await look({ b: 120 })), ['A trigger nonce-monitor-mismatch-b-DAY'])
  const last = await look({ a: 0, b: 0 })
  assert.deepEqual(keys(last), ['A resolve nonce-monitor-mismatch-b-DAY'])
  assert.equal(last.posted.length, 2)

  const away = await look({ a: 'away' })
  assert.deepEqual(keys(away), ['A trigger nonce-monitor-error-a-DAY'])
  assert.match(away.posted.join(), /Process a cannot be checked/)
  processes.unlist()
  const failed = await look()
  assert.deepEqual(keys(failed), ['A trigger nonce-monitor-failure-DAY'])
  assert.match(failed.posted.join(), /nonce-monitor could not look/)
})

test('manual resolution: the end is told in Slack, and PagerDuty is left to people', async (t) => {
  const { look } = await openDocument(t, 'manual-resolution', [['a']])
  const told = await look({ a: 60 })
  assert.deepEqual(pages(told), ['trigger error Process a is 60 slots behind scheduler'])
  assert.equal(told.posted.length, 1)
  const { paged, posted } = await look({ a: 0 })
  assert.deepEqual(paged, [])
  assert.equal(posted.length, 1)
})

/** The critical ones that the document names. */
const WALLET = '4hXj_E-5fAKmo4E8KjgQvuDJKAFk9P2grhycVmISDLs'
const REGISTRY = 'DM3FoZUq_yebASPhgd8pEIRIzDW6muXEhxz5-JwbZwo'

test('several services: critical processes go to one from 50 on, the rest to another from 100 on', async (t) => {
  const many = Array.from({ length: 10 }, (_, at) => `p${at}`)
  const { look, processes } = await openDocument(t, 'several-services', [[WALLET, REGISTRY, 'cron', ...many]])
  assert.deepEqual(await look({ [WALLET]: 49, cron: 49 }), NOTHING)
  assert.deepEqual(keys(await look({ [WALLET]: 50, cron: 50 })), [
    `B trigger nonce-monitor-mismatch-${WALLET}-DAY`,
  ])
  assert.deepEqual(await look({ cron: 99 }), NOTHING)
  assert.deepEqual(keys(await look({ cron: 100 })), ['A trigger nonce-monitor-mismatch-cron-DAY'])
  assert.deepEqual(keys(await look({ cron: 60 })), ['A resolve nonce-monitor-mismatch-cron-DAY'])
  assert.deepEqual(keys(await look({ [WALLET]: 0, cron: 0 })), [
    `B resolve nonce-monitor-mismatch-${WALLET}-DAY`,
  ])

  assert.deepEqual(keys(await look({ [REGISTRY]: 'away', cron: 'away' })), [
    'A trigger nonce-monitor-error-cron-DAY',
    `B trigger nonce-monitor-error-${REGISTRY}-DAY`,
  ])
  // Many that cannot be asked are told as one, and so is that nobody could look: to both.
  const storm = await look(Object.fromEntries(many.map((id) => [id, 'away'])))
  assert.deepEqual(keys(storm).toSorted(), [
    'A trigger nonce-monitor-errors-DAY',
    'B trigger nonce-monitor-errors-DAY',
  ])
  processes.unlist()
  assert.deepEqual(keys(await look()).toSorted(), [
    'A trigger nonce-monitor-failure-DAY',
    'B trigger nonce-monitor-failure-DAY',
  ])
})

test('severity mapping: it is as bad as a process is far behind, and gets worse with it', async (t) => {
  const { look } = await openDocument(t, 'severity-mapping', [['a', 'b', 'c', 'd', 'e', 'f']])
  const severities = ({ paged }: Told): readonly string[] =>
    paged.map(({ action, key, severity }) => `${action} ${undated(key)} ${severity}`)
  assert.deepEqual(severities(await look({ a: 49, b: 50, c: 99, d: 100, e: 199, f: 200 })), [
    'trigger nonce-monitor-mismatch-a-DAY info',
    'trigger nonce-monitor-mismatch-b-DAY warning',
    'trigger nonce-monitor-mismatch-c-DAY warning',
    'trigger nonce-monitor-mismatch-d-DAY error',
    'trigger nonce-monitor-mismatch-e-DAY error',
    'trigger nonce-monitor-mismatch-f-DAY critical',
  ])
  assert.deepEqual(severities(await look({ a: 250 })), ['trigger nonce-monitor-mismatch-a-DAY critical'])
})

test('aggregation per server: mismatches from 3 on, errors from 5 on, one incident for all of a server and type', async (t) => {
  const { look, processes } = await openDocument(t, 'aggregation-per-server', [
    ['p1', 'p2', 'p3', 'e1', 'e2', 'e3', 'e4', 'e5'],
    ['p4', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6'],
  ])
  const [one, other] = processes.ao.states.map(({ url }) => new URL(url).host)
  const few = { p1: 20, p2: 1, p4: 20, e1: 'away', e2: 'away', e3: 'away', e4: 'away' } as const
  assert.deepEqual(await look(few), NOTHING)

  const mismatches = await look({ p3: -20 })
  assert.deepEqual(keys(mismatches), [`A trigger slot-nonce-validation-DAY-${one}-mismatch`])
  assert.deepEqual(pages(mismatches), [`trigger critical Slot Nonce Validation: 3 × mismatch on ${one}`])
  assert.partialDeepStrictEqual(mismatches.paged[0]?.details, { processes: 'p1, p2, p3' })
  assert.match(mismatches.posted.join(), /3 × mismatch on /)
  const errors = await look({ e5: 'away' })
  assert.deepEqual(keys(errors), [`A trigger slot-nonce-validation-DAY-${one}-error`])
  assert.deepEqual(pages(errors), [`trigger error Slot Nonce Validation: 5 × error on ${one}`])
  // However many there are in a run, they are told by server.
  const more = await look({ f1: 'away', f2: 'away', f3: 'away', f4: 'away', f5: 'away', f6: 'away' })
  assert.deepEqual(pages(more), [`trigger error Slot Nonce Validation: 6 × error on ${other}`])

  processes.unlist()
  const failed = await look()
  assert.deepEqual(keys(failed), ['A trigger slot-nonce-validation-DAY-failure'])
  assert.match(pages(failed).join(), /^trigger critical The monitor slot-nonce-validator could not look: /)
  processes.list()
  assert.deepEqual(keys(await look()), ['A resolve slot-nonce-validation-DAY-failure'])

  // It ends with the last of them.
  assert.deepEqual(pages(await look({ p1: 0, p2: 0 })), [
    `trigger critical Slot Nonce Validation: 1 × mismatch on ${one}`,
  ])
  assert.deepEqual(keys(await look({ p3: 0 })), [`A resolve slot-nonce-validation-DAY-${one}-mismatch`])
})

test('by priority: what is critical or an emergency goes to PagerDuty, the rest by mail', async (t) => {
  const { settings, mail, take } = await openDocument(t, 'by-priority')
  const { severityWords, resolveTimeoutMs } = settings
  const paged: Paged[] = []
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
    paged.push(...(await take(...parsed.items)).paged)
  }
  assert.deepEqual(pages({ paged, posted: [] }), [
    'trigger critical It is CRITICAL',
    'trigger critical It is EMERGENCY',
  ])
  assert.deepEqual(
    mail.heard.map(({ severity, summary }) => `${severity} ${summary}`),
    ['info It is LOW', 'warning It is NORMAL', 'error It is HIGH'],
  )
})
