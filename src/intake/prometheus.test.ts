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
import type { Parsed } from './intake.ts'
import { prometheus } from './prometheus.ts'

const context = contextOf('prometheus')
const LABELS = { alertname: 'DiskFull', instance: 'db-1' }

function push(...alerts: readonly unknown[]): Parsed {
  return prometheus.parse(alerts, context)
}

describe('what Prometheus pushes', () => {
  it('becomes alerts with their labels, times, links and severity', () => {
    const [firing, resolved] = alertsOf(prometheus.parse(fixture('prometheus-push.json'), context))
    assert.deepEqual(
      { ...firing, labels: undefined, annotations: undefined },
      {
        source: 'prometheus',
        fingerprint: firing?.fingerprint,
        status: 'firing',
        severity: 'critical',
        summary: 'Disk of db-1 almost full',
        labels: undefined,
        annotations: undefined,
        links: [
          { href: 'https://runbooks.example.com/disk-full', text: 'Runbook' },
          {
            href: 'http://prometheus.example.com:9090/graph?g0.expr=node_filesystem_avail_bytes+%3C+0.05&g0.tab=1',
            text: 'Source',
          },
        ],
        images: [],
        startsAt: Date.parse('2026-11-21T11:50:03.157Z'),
        expiresAt: Date.parse('2026-11-21T12:04:03.157Z'),
      },
    )
    assert.equal(resolved?.status, 'resolved')
    assert.equal(resolved.endsAt, Date.parse('2026-11-21T11:59:48.157Z'))
    assert.equal(resolved.expiresAt, undefined)
    assert.equal(resolved.summary, 'TargetDown on web-2.example.com:9100')
  })

  const endings: readonly (readonly [
    name: string,
    endsAt: unknown,
    status: string,
    expiresAt: number | undefined,
  ])[] = [
    ['without endsAt lasts for the resolve timeout', undefined, 'firing', NOW + 300_000],
    ['with a null endsAt lasts for the resolve timeout', null, 'firing', NOW + 300_000],
    ["with Go's zero time lasts for the resolve timeout", '0001-01-01T00:00:00Z', 'firing', NOW + 300_000],
    ['with an endsAt to come lasts until then', '2026-11-21T12:00:00.001Z', 'firing', NOW + 1],
    ['that ends now is resolved', '2026-11-21T12:00:00Z', 'resolved', undefined],
    ['that ended is resolved', '2026-11-21T14:59:59+03:00', 'resolved', undefined],
  ]
  for (const [name, endsAt, status, expiresAt] of endings) {
    it(`an alert ${name}`, () => {
      const alert = alertOf(push({ labels: LABELS, endsAt }))
      assert.equal(alert.status, status)
      assert.equal(alert.expiresAt, expiresAt)
    })
  }

  it('keeps labels and annotations as they came, without a copy', () => {
    const labels = { ...LABELS }
    const annotations = { summary: 'x' }
    const alert = alertOf(push({ labels, annotations, generatorURL: '' }))
    assert.equal(alert.labels, labels)
    assert.equal(alert.annotations, annotations)
  })

  it('loses its empty labels, which are no part of its identity', () => {
    const alert = alertOf(push({ labels: { ...LABELS, team: '' } }))
    assert.deepEqual(alert.labels, LABELS)
    assert.equal(alert.fingerprint, alertOf(push({ labels: LABELS })).fingerprint)
  })

  it('is the same alert whatever the order of its labels and whatever its annotations', () => {
    const one = alertOf(push({ labels: { a: '1', b: '2' }, annotations: { summary: 'x' } }))
    const other = alertOf(push({ labels: { b: '2', a: '1' } }))
    assert.equal(one.fingerprint, other.fingerprint)
  })

  it('is another alert from another source', () => {
    const elsewhere = prometheus.parse([{ labels: LABELS }], contextOf('staging'))
    assert.notEqual(alertOf(elsewhere).fingerprint, alertOf(push({ labels: LABELS })).fingerprint)
    assert.equal(alertOf(elsewhere).source, 'staging')
  })

  it('takes no alerts as no alerts', () => {
    assert.deepEqual(push(), { ok: true, items: [] })
  })

  it('is a change event with the label change_event, once it fires and not when it ends', () => {
    const labels = { ...LABELS, change_event: 'true', service: 'orders' }
    const annotations = { summary: 'orders 1.42 is live', runbook_url: 'https://ci.example.com/2' }
    const startsAt = '2026-11-21T11:00:00.5Z'
    const parsed = push(
      { labels, annotations, startsAt },
      { labels, annotations, startsAt, endsAt: '2026-11-21T11:30:00Z' },
      { labels: { ...LABELS, change_event: 'false' } },
    )
    assert.equal(alertsOf(parsed).length, 1)
    const [again] = changesOf(push({ labels, annotations: { summary: 'repeated' }, startsAt }))
    const [later] = changesOf(push({ labels, annotations, startsAt: '2026-11-21T11:05:00Z' }))
    assert.ok(
      again?.once !== undefined && again.once !== later?.once,
      'a repeat is the same, a later one is not',
    )
    assert.deepEqual(changesOf(parsed), [
      {
        once: again.once,
        source: 'prometheus',
        summary: 'orders 1.42 is live',
        timestamp: startsAt,
        origin: 'db-1',
        labels,
        details: annotations,
        links: [{ href: 'https://ci.example.com/2', text: 'Runbook' }],
      },
    ])
  })
})

describe('a push that cannot be taken', () => {
  const refused: readonly (readonly [name: string, alert: unknown, ...lines: string[]])[] = [
    ['null', null, '[0]: expected an alert, saw null'],
    ['a number', 5, '[0]: expected an alert, saw the number 5'],
    ['an array', [], '[0]: expected an alert, saw an array'],
    ['no labels', {}, '[0].labels: expected an object of strings, saw nothing'],
    [
      'labels that are none',
      { labels: {} },
      '[0].labels: expected at least one label with a value, saw none',
    ],
    [
      'only empty labels',
      { labels: { a: '' } },
      '[0].labels: expected at least one label with a value, saw none',
    ],
    ['an empty label name', { labels: { '': 'x' } }, '[0].labels[""]: expected a name, saw an empty one'],
    ['a label that is a number', { labels: { a: 1 } }, '[0].labels.a: expected a string, saw the number 1'],
    [
      'an odd name with an odd value',
      { labels: { 'a b': null } },
      '[0].labels["a b"]: expected a string, saw null',
    ],
    [
      'annotations that are a list',
      { labels: LABELS, annotations: ['x'] },
      '[0].annotations: expected an object of strings, saw an array',
    ],
    [
      'times that are none',
      { labels: LABELS, startsAt: 'yesterday', endsAt: 1_700_000_000 },
      '[0].startsAt: expected an RFC 3339 time such as 2026-01-31T12:00:00Z, saw "yesterday"',
      '[0].endsAt: expected an RFC 3339 time such as 2026-01-31T12:00:00Z, saw the number 1700000000',
    ],
    [
      'a start after its end',
      { labels: LABELS, startsAt: '2026-11-21T10:00:01Z', endsAt: '2026-11-21T10:00:00Z' },
      '[0].startsAt: expected a time before endsAt, saw one after it',
    ],
    [
      'a generator that is no text',
      { labels: LABELS, generatorURL: {} },
      '[0].generatorURL: expected a string, saw an object',
    ],
    [
      'a label value beyond its limit',
      { labels: { a: 'x'.repeat(8193) } },
      '[0].labels.a: expected at most 8192 characters, saw 8193',
    ],
    [
      'too many labels',
      { labels: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`l${at}`, 'x'])) },
      '[0].labels: expected at most 64 names, saw 65',
    ],
  ]
  for (const [name, alert, ...lines] of refused) {
    it(`says what is wrong: ${name}`, () => {
      assert.deepEqual(linesOf(push(alert)), lines)
    })
  }

  it('is refused whole, for every alert that is wrong', () => {
    const parsed = push({ labels: LABELS }, { labels: 5 }, { labels: LABELS, startsAt: '?' })
    assert.deepEqual(
      linesOf(parsed).map((text) => text.slice(0, 12)),
      ['[1].labels: ', '[2].startsAt'],
    )
  })

  it('names the first fifty problems and counts the others', () => {
    const lines = linesOf(push(...Array.from({ length: 60 }, () => 0)))
    assert.equal(lines.length, 51)
    assert.equal(lines.at(-1), ': and 10 more problems')
  })

  it('is refused with 413 when it has too many alerts', () => {
    const limits = { ...context.limits, itemsMax: 2 }
    const parsed = prometheus.parse([1, 2, 3], { ...context, limits })
    assert.deepEqual(parsed, {
      ok: false,
      status: 413,
      problems: [{ path: '', message: 'expected at most 2 alerts, saw 3' }],
    })
  })

  it('is refused when it is no array', () => {
    assert.deepEqual(linesOf(prometheus.parse({ alerts: [] }, context)), [
      ': expected an array of alerts, saw an object',
    ])
  })
})
