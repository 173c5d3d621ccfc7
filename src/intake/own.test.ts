import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  alertOf,
  alertsOf,
  changesOf,
  contextOf,
  fixture,
  linesOf,
  NOW,
} from '../../test/fixtures/intake/context.ts'
import { own } from './own.ts'

const context = contextOf('own')

describe('our own JSON', () => {
  it('carries everything that an alert can have', () => {
    const parsed = own.parse(fixture('own.json'), context)
    const [firing, resolved] = alertsOf(parsed)
    assert.deepEqual(firing, {
      source: 'own',
      fingerprint: 'key:backup-orders',
      dedupKey: 'backup-orders',
      status: 'firing',
      severity: 'error',
      summary: '[CRITICAL] BackupMissing - AI: Data loss risk',
      labels: { service: 'orders', environment: 'production', alertname: 'BackupMissing' },
      annotations: { runbook_url: 'https://runbooks.example.com/backup' },
      details: { last_backup: '2026-11-20T02:00:00Z', size_bytes: 1_073_741_824 },
      links: [
        { href: 'https://runbooks.example.com/backup', text: 'Runbook' },
        { href: 'https://backup.example.com/orders', text: 'Backups' },
      ],
      images: [{ src: 'https://charts.example.com/backups.png', alt: 'Sizes' }],
      startsAt: Date.parse('2026-11-21T02:00:00Z'),
      expiresAt: NOW + 26 * 3_600_000,
      classification: {
        severity: 'critical',
        label: 'Data loss risk',
        confidence: 0.92,
        reasoning: 'Two nightly backups in a row are missing.',
        recommendations: ['Run the backup by hand', "Check the bucket's quota"],
      },
      event: {
        component: 'backup',
        group: 'orders',
        class: 'missing',
        client: 'backup-check',
        clientUrl: 'https://backup.example.com',
      },
    })
    assert.equal(resolved?.fingerprint, 'key:backup-invoices')
    assert.equal(resolved.summary, 'backup-invoices')
    assert.deepEqual(changesOf(parsed), [
      {
        source: 'own',
        summary: 'orders 1.42 is live',
        labels: { service: 'orders', alertname: 'Deploy' },
        origin: 'orders',
        links: [],
      },
    ])
  })

  it('is one alert, an array of them, or an object with alerts', () => {
    const alert = { name: 'Down' }
    for (const body of [alert, [alert], { alerts: [alert] }]) {
      assert.equal(alertOf(own.parse(body, context)).summary, 'Down')
    }
    assert.deepEqual(own.parse([], context), { ok: true, items: [] })
  })

  it('takes a name for the label alertname, and labels for the identity', () => {
    const named = alertOf(own.parse({ name: 'Down', labels: { host: 'a' } }, context))
    const labelled = alertOf(own.parse({ labels: { host: 'a', alertname: 'Down' } }, context))
    assert.equal(named.fingerprint, labelled.fingerprint)
    assert.equal(named.summary, 'Down on a')
    assert.equal(alertOf(own.parse({ name: 'Down', labels: {} }, context)).labels['alertname'], 'Down')
  })

  it('may name its source', () => {
    assert.equal(alertOf(own.parse({ name: 'Down', source: 'cron' }, context)).source, 'cron')
  })

  it('takes null for absent', () => {
    const nothing = { labels: null, details: null, ttl: null, ends_at: null, links: null, severity: null }
    assert.equal(alertOf(own.parse({ name: 'Down', ...nothing }, context)).status, 'firing')
  })

  const lifetimes: readonly (readonly [name: string, fields: object, expiresAt?: number])[] = [
    ['without any end', {}],
    ['with a ttl in words', { ttl: '5m' }, NOW + 300_000],
    ['with a ttl in seconds', { ttl: 1.5 }, NOW + 1500],
    ['with an end to come', { ends_at: '2026-11-21T12:00:01Z' }, NOW + 1000],
    ['once acknowledged', { status: 'acknowledged', ttl: '1m' }, NOW + 60_000],
    ['once resolved', { status: 'resolved', ttl: '1m', ends_at: '2026-11-21T11:00:00Z' }],
  ]
  for (const [name, fields, expiresAt] of lifetimes) {
    it(`lasts as long as it says, ${name}`, () => {
      assert.equal(alertOf(own.parse({ name: 'Down', ...fields }, context)).expiresAt, expiresAt)
    })
  }

  it('is a change event only while it fires', () => {
    const change = { change_event: true, summary: 'live', starts_at: '2026-11-21T11:00:00Z' }
    const [told] = changesOf(own.parse(change, context))
    assert.equal(told?.timestamp, '2026-11-21T11:00:00Z')
    assert.deepEqual(own.parse({ ...change, status: 'resolved' }, context), { ok: true, items: [] })
  })
})

describe('our own JSON with something wrong in it', () => {
  const refused: readonly (readonly [name: string, body: unknown, ...lines: string[]])[] = [
    ['null', null, ': expected an object, saw null'],
    ['a text in the list', { alerts: ['x'] }, 'alerts[0]: expected an object, saw "x"'],
    ['alerts that are no list', { alerts: {} }, 'alerts: expected an array of alerts, saw an object'],
    [
      'something beside alerts',
      { alerts: [], sumary: 'x' },
      'sumary: is not a known key; expected one of alerts',
    ],
    ['a misspelt key', { name: 'A', sumary: 'x' }, 'sumary: is not a known key; did you mean summary?'],
    [
      'a key of another style',
      { name: 'A', dedupKey: 'x' },
      'dedupKey: is not a known key; did you mean dedup_key?',
    ],
    [
      'a misspelt key of a link',
      [{ name: 'A', links: [{ href: 'https://example.com', txt: 'x' }] }],
      '[0].links[0].txt: is not a known key; did you mean text?',
    ],
    [
      'no identity and no summary',
      {},
      ': expected a dedup_key, a name or labels to tell the alert by, saw none',
      'summary: expected a summary, or a name in its place, saw neither',
    ],
    [
      'a summary and nothing to tell it by',
      { summary: 'x' },
      ': expected a dedup_key, a name or labels to tell the alert by, saw none',
    ],
    [
      'a key and nothing to read',
      { dedup_key: 'k', summary: ' ' },
      'summary: expected a summary, or a name in its place, saw neither',
    ],
    ['a blank key', { name: 'A', dedup_key: ' ' }, 'dedup_key: expected a key that is not blank, saw " "'],
    [
      'a key beyond its limit',
      { name: 'A', dedup_key: 'x'.repeat(256) },
      'dedup_key: expected at most 255 characters, saw 256',
    ],
    [
      'another status',
      { name: 'A', status: 'ok' },
      'status: expected one of firing, acknowledged, resolved, saw "ok"',
    ],
    [
      'a severity that means nothing',
      { name: 'A', severity: 'blue' },
      'severity: expected critical, error, warning, info or a word that is known to mean one of them, saw "blue"',
    ],
    ['a type for another', { name: 5 }, 'name: expected a string, saw the number 5'],
    [
      'two names',
      { name: 'A', labels: { alertname: 'B' } },
      'name: expected the same as labels.alertname, saw "A"',
    ],
    [
      'a label that is no text',
      [{ name: 'A', labels: { port: 80 } }],
      '[0].labels.port: expected a string, saw the number 80',
    ],
    ['details that are a list', { name: 'A', details: [1] }, 'details: expected an object, saw an array'],
    [
      'addresses that a browser must not follow',
      { name: 'A', links: [{ href: 'javascript:1' }], images: [{ src: 'http://a.example.com/b.png' }] },
      'links[0].href: expected an http or https URL, saw "javascript:1"',
      'images[0].src: expected an https URL, saw "http://a.example.com/b.png"',
    ],
    [
      'a ttl that is none',
      { name: 'A', ttl: 'soon' },
      'ttl: expected a duration such as "5m", or seconds, of at most 366 days, saw "soon"',
    ],
    [
      'a ttl without end',
      { name: 'A', ttl: 1e300 },
      'ttl: expected a duration such as "5m", or seconds, of at most 366 days, saw the number 1e+300',
    ],
    [
      'two ends',
      { name: 'A', ttl: '5m', ends_at: '2026-11-21T13:00:00Z' },
      'ttl: expected either ttl or ends_at, saw both',
    ],
    [
      'an end that has passed while it fires',
      { name: 'A', ends_at: '2026-11-21T11:00:00Z' },
      'ends_at: expected a time to come, for the status is "firing", saw one that has passed',
    ],
    [
      'a start after its end',
      { name: 'A', starts_at: '2026-11-21T14:00:00Z', ends_at: '2026-11-21T13:00:00Z' },
      'starts_at: expected a time before ends_at, saw one after it',
    ],
    [
      'a classification that is a text',
      { name: 'A', classification: 'bad' },
      'classification: expected an object, saw "bad"',
    ],
    [
      'more than one thing',
      [{ name: 'A' }, { name: 'B', starts_at: 'x', annotations: { a: {} } }],
      '[1].annotations.a: expected a string, saw an object',
      '[1].starts_at: expected an RFC 3339 time such as 2026-01-31T12:00:00Z, saw "x"',
    ],
  ]
  for (const [name, body, ...lines] of refused) {
    it(`is refused with what is wrong: ${name}`, () => {
      assert.deepEqual(linesOf(own.parse(body, context)), lines)
    })
  }
})
